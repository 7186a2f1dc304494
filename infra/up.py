"""``python -m infra up``: the whole stack in the foreground."""

from __future__ import annotations

import shutil
import sys

from .banner import banner
from .datadir import DataDir
from .ports import is_free
from .process import leftovers_kill
from .programs import Programs, answers
from .servers.postgres import PostgresError
from .servers.valkey import ValkeyError
from .stack import Stack
from .supervisor import StartFailed, Stopped, Supervisor, tail


class StepFailed(Exception):
    """A step before the web process ended with an error."""


def run_up(data: DataDir, *, fast: bool = False) -> int:
    """Start everything, print the banner, watch until Ctrl-C or SIGTERM, stop everything."""
    data.prepare()
    data.lock()
    leftovers_kill(str(data.path))
    shutil.rmtree(data.path / "metrics", ignore_errors=True)  # counters begin with the stack
    supervisor = Supervisor(data)
    supervisor.handle_signals()
    stack = Stack(data, supervisor, fast=fast)
    try:
        _start(stack, supervisor)
        supervisor.watch()
        return 0
    except Stopped:
        return 0
    except (StartFailed, StepFailed, PostgresError, ValkeyError, FileNotFoundError) as problem:
        print(f"\n{problem}", file=sys.stderr)
        return 1
    finally:
        print("Stopping …", file=sys.stderr, flush=True)
        supervisor.stop()
        data.remove("environment.json")
        stack.ports.release()
        data.unlock()


def _start(stack: Stack, supervisor: Supervisor) -> None:
    data = stack.data
    environment = stack.environment()
    programs = Programs(stack, environment)
    if not is_free(programs.port, programs.bind):
        raise StepFailed(
            f"Port {programs.port} on {programs.bind} is in use. Choose another: PORT=8001 make run"
        )
    _say(f"Data folder {data.path}")
    if stack.embedded:
        # Before the first command of manage.py: it reads this file when no database is named.
        data.write_json("environment.json", environment)
    compiling = supervisor.begin(programs.manage("catalogues", "compile"))
    _say("Starting the servers …" if stack.embedded else "Using the servers that the environment names")
    stack.start_servers()
    _check("catalogues", supervisor.finish(compiling), data)
    _say("Bringing the database up to date …")
    _check("upgrade", supervisor.run(programs.manage("upgrade")), data)

    demo = environment["DEMO"] != "0" and stack.embedded
    created = (data.path / "demo-accounts.json").exists()
    if demo and not created:
        _say("Creating the demonstration county …")
        _check("demo", supervisor.run(programs.manage("demo")), data)
    backup = " and backup" if environment["BACKUP"] == "1" else ""
    _say(f"Starting web, transfer, front proxy, workers, scheduler, relay, realtime{backup} …")
    supervisor.start(programs.answering())
    # In a batch of their own: when they all load their code at once, the first page has to wait for it.
    supervisor.start(programs.working())
    if demo and created:
        _check("demo", supervisor.run(programs.manage("demo")), data)
    if not answers(programs.port, "/readyz", programs.host):
        _say(f"/readyz does not answer 200 yet; the logs are in {data.path / 'logs'}")
    print(banner(data, environment), flush=True)


def _check(name: str, status: int, data: DataDir) -> None:
    if status != 0:
        log = data.path / "logs" / f"{name}.log"
        raise StepFailed(f"manage.py {name} failed ({status}). The end of {tail(log)}")


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
