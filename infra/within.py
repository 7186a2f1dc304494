"""``python -m infra with``: servers around one command, for tests, benchmarks and single commands."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from .datadir import DataDir
from .process import Spec, leftovers_kill
from .servers.postgres import PostgresError
from .servers.valkey import ValkeyError
from .stack import Stack
from .supervisor import StartFailed, Stopped, Supervisor

NAMES = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "S3_ENDPOINT_URL", "SMTP_URL")


def run_within(data: DataDir, argv: Sequence[str], *, fast: bool, fresh: bool = False) -> int:
    """Start servers of their own on `data`, run `argv` with their environment, stop them.

    The servers are always embedded ones: what the caller's environment says about real servers is left
    aside, so that a test can never touch them. `fresh` begins with an empty folder. Gives the exit status of the command.
    """
    # Nothing here lasts, and no process of ours runs.
    os.environ.setdefault("BACKUP", "0")
    for name in NAMES:
        os.environ.pop(name, None)
        os.environ.pop(f"{name}_FILE", None)
    data.prepare()
    data.lock()
    leftovers_kill(str(data.path))
    if fresh:
        data.empty()
    supervisor = Supervisor(data)
    supervisor.handle_signals()
    stack = Stack(data, supervisor, fast=fast)
    try:
        stack.start_servers()
        environment = stack.environment()
        data.write_json("environment.json", environment)
        status = supervisor.run(
            Spec(
                name="command",
                argv=argv,
                environment=environment,
                folder=Path.cwd(),
                stop_signal=signal.SIGTERM,
                grace=60,
            ),
        )
        return 128 - status if status < 0 else status
    except Stopped:
        return 130
    except (StartFailed, PostgresError, ValkeyError, FileNotFoundError) as problem:
        print(problem, file=sys.stderr)
        return 1
    finally:
        supervisor.stop()
        data.remove("environment.json")
        stack.ports.release()
        data.unlock()
