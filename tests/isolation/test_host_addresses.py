"""Every address of the console and of the hall, tried by itself, as `test_addresses` tries those of an office.

In the console: nobody, a bureau's session, and each of the three whose duty it is not. In the hall nobody signs
in: what an application says is shown to the browser that wrote it, and to whoever has its tracking code.
"""

from dataclasses import dataclass, field

import pytest
from django.conf import settings
from django.utils import timezone

from asp.accounts.models import Account
from asp.notify.services import announce
from asp.outbox.probe import PROBE
from asp.outbox.relay.models import Envelope, Pair
from provisioning.models import Application
from provisioning.services.announcements import Text, announcement_publish
from provisioning.services.role_templates import Draft, template_create, template_publish
from tenants.context import host_context
from tenants.keys import uuid7
from tests.isolation.addresses import Address, HostIds, addresses
from tests.isolation.asking import (
    METHODS,
    OPEN_BY_NATURE,
    OTHER_METHODS,
    REFUSED,
    Sessions,
    ask,
    show,
    to_gate,
)
from tests.support.applications import approved, submitted
from tests.support.bureaus import open_bureau
from tests.support.client import SiteClient
from tests.support.host import host_administrators
from tests.support.people import TESTER, people

MARK = "泄漏丙"
IDS = HostIds()
# These need what a request without a body, or a world without such rows, cannot bring; their own tests show them.
CONTROL_ELSEWHERE = {
    "accounts:account-disable": "none but the three are here, and they are out of each other's reach",
    "accounts:enrol": "only between password and code",
    "accounts:second-factor": "only between password and code",
    "accounts:sign-out": "its success is the way to the gate",
    "accounts:start-over": "its success is the way to the gate",
    "accounts:factor-remove": "administrators cannot do without",
    "accounts:recovery-codes": "only with a password; see the tests of the own pages",
    "audit:export-fetch": "only once a file was made; see the tests of the export",
}


@dataclass(frozen=True)
class World:
    """The host's three, an application that says MARK everywhere, and somebody of an office."""

    three: dict[str, Account]
    application: Application
    cookies: object
    sessions: Sessions = field(default_factory=Sessions)


@pytest.fixture(scope="module")
def world() -> World:
    bureau = open_bureau()
    session = SiteClient(bureau).login_as(people(bureau).system).cookies
    three = dict(zip(("system", "security", "audit"), host_administrators(), strict=True))
    approved()
    application, _code = submitted(name=f"{MARK}局", contact_name=MARK, parent_body=MARK, note=MARK)
    with host_context():
        announcement_publish(actor=TESTER, text=Text(title=MARK, text=MARK), bureaus=[bureau.id])
        template = template_create(actor=TESTER, draft=Draft(name=MARK, codes=("library.use",)))
        template_publish(actor=TESTER, template=template, bureaus=[bureau.id])
        to = [each.pk for each in three.values()]
        announce(kind="provisioning.application_submitted", to=to, params={"name": MARK})
        pair = Pair.objects.create(sender=f"b:{uuid7()}", receiver=f"b:{uuid7()}")
        moments = {"occurred_at": timezone.now(), "accepted_at": timezone.now()}
        Envelope.objects.create(id=uuid7(), pair=pair, seq=1, type=PROBE, state="delivered", **moments)
    for account in three.values():
        SiteClient("host").login_as(account)  # a browser elsewhere, whose session its owner may end
    return World(three, application, session)


def table(kind: str) -> list[Address]:
    return [each for each in addresses(settings.URL_TABLES[kind]) if each.name not in OPEN_BY_NATURE]


guarded = pytest.mark.parametrize(
    "address", [each for each in table("host") if each.access != "anyone"], ids=str
)


@guarded
def test_nobody_and_a_bureaus_session_get_nothing_of_the_console(address, world):
    nobody, foreign = SiteClient("host"), SiteClient("host")
    foreign.cookies = world.cookies
    for target in address.paths(IDS):
        for client in (nobody, foreign):
            for method in METHODS:
                response = ask(client, method, target)
                assert response.status_code in REFUSED or to_gate(response), f"{method} {target}"
                assert MARK not in show(response)


@guarded
def test_another_duty_is_refused(address, world):
    duties = world.three if address.access == "signed_in" else getattr(address.view.access, "duties", ())
    for duty in sorted(world.three.keys() - set(duties)):
        client = world.sessions.client("host", world.three[duty])
        for target in address.paths(IDS):
            for method in (*METHODS, *OTHER_METHODS):
                response = ask(client, method, target)
                assert response.status_code in {403, 405}, (
                    f"{method} {target} as {duty}: {response.status_code}"
                )
                assert MARK not in show(response)


@guarded
def test_somebody_who_may_is_served(address, world):
    """The control."""
    if address.name in CONTROL_ELSEWHERE:
        return
    seen = set()
    for target in address.paths(IDS, per_model=8):
        for account in world.three.values():
            for method in ("get", "post"):
                response = ask(world.sessions.client("host", account), method, target)
                seen.add(response.status_code)
                if response.status_code not in {401, 403, 404, 405} and not to_gate(response):
                    return
    pytest.fail(f"{address} served nobody: {sorted(seen)}")


@pytest.mark.parametrize("address", table("hall"), ids=str)
def test_another_applicant_reads_nothing_in_the_hall(address, world):
    stranger, another = SiteClient("hall"), SiteClient("hall")
    assert another.post("/apply/begin/").status_code == 302  # with a draft of their own
    for number, target in enumerate(address.paths(IDS, per_model=3)):
        for client in (stranger, another):
            for method in (*METHODS, *(OTHER_METHODS if number == 0 else ())):
                response = ask(client, method, target)
                assert response.status_code < 500, f"{method} {target}"
                assert MARK not in show(response), f"{method} {target}"
                if str(world.application.pk) in target:
                    assert response.status_code in REFUSED | {302}, (
                        f"{method} {target}: {response.status_code}"
                    )
