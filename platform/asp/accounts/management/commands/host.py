"""`manage.py host init`: the host's three administrators (三员). `manage.py host link LOGIN`: a new link for one."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from asp.accounts.models import Account, AccountKind, AccountState, Duty, LinkPurpose
from asp.accounts.services import account_create, link_issue, link_url
from asp.audit.actor import Actor
from asp.ui.errors import UserFacingError
from tenants.context import host_context

ACTOR = Actor.system("console")


class Command(BaseCommand):
    """The only place where a link for an administrator is shown: a terminal of the machine itself."""

    help = "Create the host's three administrators, or make a new link for one of them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        init = acts.add_parser(
            "init", help="create the three administrators and print their activation links"
        )
        for duty in Duty.values:
            for field in ("login", "name", "email"):
                init.add_argument(
                    f"--{duty}-{field}", default="", help=f"{field} of the {duty} administrator"
                )
        init.add_argument("--if-missing", action="store_true", help="do nothing if they exist already")
        link = acts.add_parser("link", help="print a new link for an administrator who lost the former one")
        link.add_argument("login")

    def handle(self, *args: Any, **options: Any) -> None:
        with host_context():
            try:
                if options["act"] == "init":
                    self._init(options)
                else:
                    self._link(options["login"])
            except UserFacingError as error:
                raise CommandError(error.text) from error

    def _init(self, options: dict[str, Any]) -> None:
        present = Account.objects.administrators().exclude(state=AccountState.DISABLED)
        missing = [duty for duty in Duty.values if not present.filter(duty=duty).exists()]
        if not missing:
            if options["if_missing"]:
                return
            raise CommandError("The host has its three administrators. See `manage.py host link --help`.")
        # All or nothing: a slip of the pen at the third must not leave two behind.
        with transaction.atomic():
            created = [self._create(duty, options) for duty in missing]
        for account, url in created:
            self.stdout.write(f"\n{account.get_duty_display()}: {account.name} ({account.login})\n  {url}")
        self.stdout.write("\nEach link works once, for 7 days, and is not shown again.")

    def _create(self, duty: str, options: dict[str, Any]) -> tuple[Account, str]:
        label = Duty(duty).label
        account = account_create(
            actor=ACTOR,
            kind=AccountKind.ADMINISTRATOR,
            duty=duty,
            login=options[f"{duty}_login"] or self._ask(f"{label} – account name"),
            name=options[f"{duty}_name"] or self._ask(f"{label} – name"),
            email=options[f"{duty}_email"]
            or self._ask(f"{label} – mail address (may be empty)", optional=True),
        )
        return account, link_url(link_issue(actor=ACTOR, account=account, channel="slip"))

    def _link(self, login: str) -> None:
        account = Account.objects.administrators().filter(login=login.strip().lower()).first()
        if account is None:
            raise CommandError(f"The host has no administrator called {login}.")
        purpose = LinkPurpose.ACTIVATION if account.state == AccountState.INVITED else LinkPurpose.RESET
        link = link_issue(actor=ACTOR, account=account, purpose=purpose, channel="slip")
        self.stdout.write(link_url(link))

    def _ask(self, question: str, *, optional: bool = False) -> str:
        if not sys.stdin.isatty():
            if optional:
                return ""
            raise CommandError(f"{question}: give it as an option, or run this in a terminal.")
        while True:
            answer = input(f"{question}: ").strip()
            if answer or optional:
                return answer
