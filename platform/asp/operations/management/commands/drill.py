"""`manage.py drill`: restore the newest backup aside and compare it with the living host (恢复演练)."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from asp.operations.backups.objects import objects_needed
from asp.operations.backups.process import read_settings
from infra.backup import keys
from infra.backup.drill import Drill, Result
from infra.backup.trouble import WORDS, BackupError
from infra.datadir import DataDir

DIFFERS = 2


class Command(BaseCommand):
    help = (
        "Restore the newest backup aside and compare it with the living host. Exit status 2 if they differ."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--identity", type=Path, help="file with the age key that opens the backups")
        parser.add_argument("--scratch", type=Path, help="folder with room for a copy of the database")

    def handle(self, *args: Any, **options: Any) -> None:
        """Prints a table; the console shows the result."""
        data = DataDir(settings.ASP.data_dir)
        try:
            drill = Drill(
                read_settings(),
                keys.identity_read(options["identity"] or keys.identity_path(data)),
                by="command",
                say=self.stdout.write,
                objects=objects_needed,
                scratch=options["scratch"],
            )
            result = drill.run()
        except BackupError as error:
            raise CommandError(str(error)) from error
        self._print(result)
        if not result.matched:
            sys.exit(DIFFERS)

    def _print(self, result: Result) -> None:
        write = self.stdout.write
        write(f"\n{'schema':<24}{'tables':>8}{'rows':>12}  compared")
        for each in result.schemas:
            verdict = "the same" if not each["wrong"] else f"{each['wrong']} tables DIFFER"
            write(f"{each['schema']:<24}{each['tables']:>8}{each['rows']:>12}  {verdict}")
        for each in result.differences:
            write(
                f"DIFFERS {each['schema']}.{each['table']}: {each['living']} rows living, {each['restored']} restored"
            )
        if result.unreadable:
            write(f"{result.unreadable} tables were not compared: this login may not read all of their rows")
        for trouble in result.troubles:
            write(f"WRONG   {WORDS[trouble['code']].format(**trouble['params'])}")
        write(
            f"{result.objects} objects in the mirror, {result.objects_hashed} read and compared; {result.seconds['all']} s"
        )
        write("The backup matches." if result.matched else "The backup does NOT match.")
