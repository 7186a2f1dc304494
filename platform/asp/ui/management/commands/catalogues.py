"""`manage.py catalogues update|check|compile [app]`: the translations of our apps."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from asp.ui import catalogues


class Command(BaseCommand):
    """Bring catalogues up to date, check them, or compile them."""

    help = "Update, check or compile the catalogues of translations (all apps, or one)."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """What to do, and for which app."""
        parser.add_argument("act", choices=("update", "check", "compile"))
        parser.add_argument("app", nargs="?", help="label of one app; all of ours without it")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it and say what was done."""
        try:
            found = catalogues.own_apps(options["app"])
        except LookupError as error:
            raise CommandError(str(error)) from None
        getattr(self, f"_{options['act']}")(found)

    def _update(self, found: list[catalogues.AppCatalogues]) -> None:
        root = Path(settings.BASE_DIR).resolve()
        for app in found:
            for locale in catalogues.LOCALES:
                added, removed = catalogues.update(app, root, locale)
                if added or removed:
                    self.stdout.write(f"{app.label} {locale}: {added} new, {removed} removed")

    def _check(self, found: list[catalogues.AppCatalogues]) -> None:
        root = Path(settings.BASE_DIR).resolve()
        faults = [
            fault
            for app in found
            for locale in catalogues.LOCALES
            for fault in catalogues.check(app, root, locale)
        ]
        if not faults:
            faults = [
                fault for locale in catalogues.LOCALES for fault in catalogues.ambiguities(found, locale)
            ]
        for fault in faults:
            self.stderr.write(str(fault))
        if faults:
            raise CommandError(f"{len(faults)} faults in the catalogues")
        self.stdout.write(f"{len(found)} apps: every text is translated")

    def _compile(self, found: list[catalogues.AppCatalogues]) -> None:
        written = sum(
            catalogues.compile_catalogue(app, locale) for app in found for locale in catalogues.LOCALES
        )
        if written:
            self.stdout.write(f"{written} catalogues compiled")
