"""Asking for work, and waiting for what real processes do."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from asp.audit.actor import Actor
from asp.jobs import job_start
from asp.jobs.models import Job
from asp.jobs.registry import JobSpec
from tenants.context import bureau_context
from tenants.site import BureauRef

ROOT = Path(__file__).resolve().parents[3]
CHEN = Actor(kind="staff", id=None, name="陈若水", request_id="r-42")


def until(condition: Callable[[], object], *, seconds: float = 80.0, step: float = 0.03) -> None:
    """Wait until `condition` holds; fail after `seconds`."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it never happened"
        time.sleep(step)


def start(bureau: BureauRef, spec: JobSpec, *, key: str = "", **params: object) -> Job:
    """Ask for work in a bureau."""
    with bureau_context(bureau):
        return job_start(actor=CHEN, job=spec, params=params, key=key)


def row(bureau: BureauRef, job: Job) -> Job:
    """Read a job's row again."""
    with bureau_context(bureau):
        return Job.objects.get(id=job.id)


class Workers:
    """Worker processes of one test."""

    def __init__(self) -> None:
        self.running: list[subprocess.Popen[bytes]] = []

    def start(self) -> subprocess.Popen[bytes]:
        argv = [
            sys.executable,
            "-m",
            "dramatiq",
            "tests.asp.jobs.worker",
            "--path",
            str(ROOT),
            str(ROOT / "platform"),
        ]
        argv += ["--queues", "default", "--processes", "1", "--threads", "2"]
        environment = {**os.environ, "ASP_DB_LOGIN": "app"}
        process = subprocess.Popen(argv, cwd=ROOT, env=environment, start_new_session=True)  # noqa: S603
        self.running.append(process)
        return process

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)
        self.running.remove(process)
