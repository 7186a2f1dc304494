"""The command line of ``python -m infra backup``; light, because every command of `infra` reads it."""

from __future__ import annotations

import argparse
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo


def add(commands: Any, default: Path) -> None:
    """Add `backup` with its acts to the command line."""
    group = commands.add_parser("backup", help="take, look at, try and use backups")
    acts = group.add_subparsers(dest="act", required=True)

    def act(name: str, text: str) -> argparse.ArgumentParser:
        parser: argparse.ArgumentParser = acts.add_parser(name, help=text)
        parser.add_argument("--data", type=Path, default=default)
        return parser

    act("now", "take a base backup and bring the mirror up to date")
    act("list", "what is there")
    drill = act("drill", "restore the newest backup aside and compare it with the living host")
    aside = act("restore-bureau", "put one bureau back to an earlier moment")
    aside.add_argument("slug")
    whole = act("restore", "restore the whole host into an empty folder (--data)")
    for parser in (drill, aside, whole):
        parser.add_argument(
            "--identity", type=Path, help="file with the age key (default: the data folder's)"
        )
    for parser in (aside, whole):
        parser.add_argument("--at", type=moment, required=parser is aside, help='"2026-11-28 07:40+00"')
    whole.add_argument("--from", dest="source", type=Path, help="folder with the backups (BACKUP_DIR)")


def moment(text: str) -> datetime:
    """An instant as people write it; without a zone it is that of Asia/Shanghai."""
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"not a date and time: {text}") from error
    return found if found.tzinfo else found.replace(tzinfo=ZoneInfo("Asia/Shanghai"))
