"""The project's own processes for tests: what `make run` starts, on a database, bucket and queue of their own.

What runs and how is said by `infra.programs` alone; here is only which data it works on.
"""

import copy
import os
import signal
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from unittest import mock

from infra.datadir import DataDir
from infra.ports import Ports
from infra.process import Process
from infra.programs import Programs, answers
from infra.stack import Stack
from infra.supervisor import Supervisor, tail
from tests.support import databases

# One web process is enough for one browser, and starts sooner.
SIZES = {"WEB_WORKERS": "1", "WEB_THREADS": "8", "TRANSFER_THREADS": "16", "WORKER_THREADS": "2"}


@dataclass(frozen=True)
class Site:
    """The running processes as a browser sees them."""

    programs: Programs
    supervisor: Supervisor
    data: DataDir
    environment: Mapping[str, str]
    ports: Ports

    def origin(self, label: str = "") -> str:
        """The origin of a site: `fgj`, `host`, or the hall's without a label."""
        host = f"{label}.{self.programs.host}" if label else self.programs.host
        return f"http://{host}:{self.programs.port}"

    def begin(self, *arguments: str) -> Process:
        """Start a `manage.py` command on the same data."""
        return self.supervisor.begin(self.programs.manage(*arguments))

    def finish(self, process: Process) -> None:
        """Wait for what `begin` started; what it said is in the message if it failed."""
        status = self.supervisor.finish(process)
        assert status == 0, tail(process.spec.log, 40)

    def kill(self, name: str) -> None:
        """Kill -9 one process; it stays away until `watch`."""
        pid = (self.data.read_json("status.json") or {})[name]["pid"]
        os.killpg(os.getpgid(pid), signal.SIGKILL)

    def watch(self) -> None:
        """Start again what has ended, as the supervisor of `make run` does all the time."""
        self.supervisor.tick()

    def logs(self) -> str:
        """The ends of all logs, for a message about a failure."""
        return "\n".join(tail(log) for log in sorted((self.data.path / "logs").glob("*.log")))


@contextmanager
def site_on(name: str, *, queue: int, folder: Path, **settings: str) -> Iterator[Site]:
    """The processes, about to work on a fresh copy called `name`; `start` starts them.

    `settings` are environment variables. Whatever happens inside, everything is stopped afterwards.
    """
    with site_of({**databases.copy_make(name, queue=queue), **SIZES, **settings}, folder=folder) as site:
        yield site


@contextmanager
def site_of(values: Mapping[str, str], *, folder: Path) -> Iterator[Site]:
    """The processes on the data that the environment variables `values` name."""
    data = DataDir(folder)
    data.prepare()
    data.lock()
    supervisor = Supervisor(data)
    try:
        with mock.patch.dict(os.environ, values):
            stack = Stack(data, supervisor)
            try:
                environment = _environment(stack, values)
                yield Site(Programs(stack, environment), supervisor, data, environment, stack.ports)
            finally:
                supervisor.stop()
                stack.ports.release()
    finally:
        data.unlock()


def start(site: Site) -> None:
    """Start everything that answers requests or works behind them."""
    site.supervisor.start([*site.programs.answering(), *site.programs.working()])


def second_web(site: Site, **settings: str) -> Site:
    """Start one more web process on the same data with other settings; it is reached without the front proxy."""
    port, first = site.ports.get("second-web"), str(site.ports.get("web"))
    spec = site.programs.web()
    spec = replace(
        spec,
        name="second-web",
        argv=[str(port) if each == first else each for each in spec.argv],
        environment={**spec.environment, **settings, "PORT": str(port), "PROCESS_NAME": "second-web"},
        ready=lambda: answers(port, "/healthz", site.programs.host),
        log=site.data.path / "logs" / "second-web.log",
    )
    site.supervisor.start([spec])
    programs = copy.copy(site.programs)
    programs.port = port
    return replace(site, programs=programs)


def await_ready(site: Site, seconds: float = 30) -> None:
    """Wait until the hall says that database, cache, storage and queue answer."""
    until = time.monotonic() + seconds
    while not answers(site.programs.port, "/readyz", site.programs.host, timeout=5):
        assert time.monotonic() < until, f"/readyz does not answer 200\n{site.logs()}"
        time.sleep(0.2)


def _environment(stack: Stack, values: Mapping[str, Any]) -> dict[str, str]:
    port = str(stack.ports.get("front"))
    # Nothing of this stack is embedded: the servers belong to the whole test run, which is.
    return {**stack.environment(), **values, "PORT": port, "EMBEDDED": "1", "DEMO": "1"}
