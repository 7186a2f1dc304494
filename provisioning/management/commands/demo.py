"""`manage.py demo`: the fictional county, made through the services that people use."""

import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation

from asp.accounts.models import Account
from asp.ui.errors import UserFacingError
from provisioning.demo import accounts, bodies, offices, roles
from provisioning.demo.county import BODIES, HOST_ADMINISTRATORS, PENDING, TO_CORRECT, Body
from provisioning.demo.secret import Secrets
from tenants.context import bureau_context, host_context
from tenants.models import Bureau, BureauState
from tenants.site import BureauRef

LIST = "demo-accounts.json"
DONE_STATES = (BureauState.ACTIVE, BureauState.SUSPENDED, BureauState.MAINTENANCE, BureauState.CLOSED)


class Command(BaseCommand):
    """Safe to run again: what is there stays, what was interrupted goes on."""

    help = "Create the fictional county 云溪县 (embedded mode only)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--without-processes", action="store_true", help="leave out processes, for who makes others"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.ASP.embedded:
            raise CommandError("The demonstration is for the embedded servers only.")
        if settings.ASP.db_login != "owner":
            raise CommandError("The demonstration opens offices: run it with ASP_DB_LOGIN=owner.")
        started = time.monotonic()
        try:
            with translation.override(settings.LANGUAGE_CODE):
                if self._is_complete():
                    accounts.list_readdress(settings.ASP.data_dir / LIST)
                    return
                self._make(Secrets(settings.ASP.data_dir), processes=not options["without_processes"])
        except UserFacingError as error:
            raise CommandError(str(error)) from error
        except bodies.DemoError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"demonstration county ready in {time.monotonic() - started:.1f} s")

    def _is_complete(self) -> bool:
        """Whether an earlier run came to its end; what people did to the county since is theirs."""
        return (settings.ASP.data_dir / LIST).exists()

    def _make(self, secrets: Secrets, *, processes: bool) -> None:
        holders = accounts.host_administrators(secrets)
        system = holders["system"]
        lines = [
            accounts.line_for(secrets, site=accounts.HOST, account=holders[duty], role=duty)
            for duty, login, _name, _name_en in HOST_ADMINISTRATORS
            if holders[duty].login == login
        ]
        for number, body in enumerate(BODIES, start=1):
            bureau = bodies.open_office(secrets, body, number=number, administrator=system)
            offices.furnish(secrets, body, bureau.ref, number=number, with_processes=processes)
            lines += self._lines(secrets, body, bureau)
            self.stdout.write(f"{body.slug} {body.name}")
        with host_context():
            bodies.apply(secrets, PENDING, number=len(BODIES) + 1)
        bodies.ask_for_correction(secrets, TO_CORRECT, number=len(BODIES) + 2, administrator=system)
        roles.offer(holders["security"])
        accounts.write_list(settings.ASP.data_dir / LIST, lines)

    def _lines(self, secrets: Secrets, body: Body, bureau: Bureau) -> list[accounts.DemoAccount]:
        ref: BureauRef = bureau.ref
        with bureau_context(ref):
            three = list(Account.objects.administrators().order_by("id"))
        lines = [accounts.line_for(secrets, site=body.slug, account=each, role=each.duty) for each in three]
        lines += [
            accounts.line_for(secrets, site=body.slug, account=account, role=post)
            for account, post in offices.staff_who_sign_in(body, ref)
        ]
        return lines
