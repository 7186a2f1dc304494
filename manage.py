#!/usr/bin/env python3
"""Django's command line. Puts the source root `platform/` on the path, so that a bare checkout runs."""

import os
import sys
from contextlib import nullcontext
from pathlib import Path

# Commands that create schemas, roles or first accounts log in as the owner of the database.
OWNER_COMMANDS = {"upgrade", "fleet", "demo", "host", "drill", "restore_bureau"}
# Django's own know no context: they read the public schema as its owner.
STOCK_COMMANDS = {"makemigrations", "showmigrations", "sqlmigrate", "dbshell"}


def main() -> None:
    """Run one command."""
    root = Path(__file__).resolve().parent
    sys.path[:0] = [str(root), str(root / "platform")]
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "asp.config.settings")
    command = sys.argv[1] if len(sys.argv) > 1 else ""
    if command in OWNER_COMMANDS | STOCK_COMMANDS:
        os.environ.setdefault("ASP_DB_LOGIN", "owner")
    from django.core.management import execute_from_command_line

    from tenants.context import owner_context

    with owner_context() if command in STOCK_COMMANDS else nullcontext():
        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
