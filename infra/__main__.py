"""Command line: ``python -m infra up | with | status | stop | backup``."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from .backup.options import add as backup_add
from .datadir import Busy, DataDir


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    default = Path(os.environ.get("DATA_DIR") or ".data")
    top = argparse.ArgumentParser(prog="python -m infra", description="Run the programs of 通办 Tongban.")
    commands = top.add_subparsers(dest="command", required=True)

    up = commands.add_parser("up", help="start everything and watch it until Ctrl-C")
    up.add_argument("--data", type=Path, default=default)
    up.add_argument("--fast", action="store_true", help="no fsync: for tests only")

    inner = commands.add_parser("with", help="start the servers, run CMD with their environment, stop them")
    inner.add_argument("--data", type=Path, required=True)
    inner.add_argument("--fast", action="store_true", help="no fsync: for tests only")
    inner.add_argument("--fresh", action="store_true", help="begin with an empty data folder")
    inner.add_argument("argv", nargs=argparse.REMAINDER, metavar="-- CMD")

    for name, text in (("status", "what runs on the data folder"), ("stop", "stop what runs on it")):
        commands.add_parser(name, help=text).add_argument("--data", type=Path, default=default)

    backup_add(commands, default)
    return top


def main(arguments: list[str] | None = None) -> int:
    options = parser().parse_args(arguments)
    data = DataDir(options.data)
    try:
        if options.command == "with":
            from .within import run_within

            argv = options.argv[1:] if options.argv[:1] == ["--"] else options.argv
            if not argv:
                parser().error("with: CMD is missing")
            return run_within(data, argv, fast=options.fast, fresh=options.fresh)
        if options.command == "up":
            from .up import run_up

            return run_up(data, fast=options.fast)
        if options.command == "backup":
            from .backup.commands import run as run_backup

            return run_backup(options)
        from .control import show_status, stop_running

        return show_status(data) if options.command == "status" else stop_running(data)
    except Busy as busy:
        print(busy, file=sys.stderr)
        return 75  # EX_TEMPFAIL


if __name__ == "__main__":
    sys.exit(main())
