"""`manage.py backup`: the process that takes backups."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from asp.operations.backups import process


class Command(BaseCommand):
    help = "Take backups by the clock and on demand. One process works in a target folder."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            process.run()
        except process.BackupError as error:
            raise CommandError(str(error)) from error
