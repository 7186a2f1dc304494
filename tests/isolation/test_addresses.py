"""Every address × foreign ids × methods × people, by itself: a new address is covered on the day it is born.

Four promises, for each address of an office that is not open to anybody:
- without a session nothing is shown, also with the session of another bureau;
- somebody of another bureau who puts this bureau's ids into it gets 404 (or 403/405), and no mark of it;
- somebody of this bureau without the role gets 403, and nobody sees what is not theirs;
- and, as the control, somebody who may is served: the address works at all.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.urls import path

from asp.accounts.access import anyone
from asp.accounts.models import Account
from tenants.context import bureau_context
from tenants.site import BureauRef
from tests.isolation.addresses import Address, HostIds, Ids, addresses, bureau_addresses
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
from tests.isolation.world import MARK, furnish
from tests.support.client import SiteClient
from tests.support.people import Cast, people

# These need what a request without a body cannot bring; their own tests show that they work.
CONTROL_ELSEWHERE = {
    "library:access-change": "only with a level; see the tests of sharing",
    "audit:export-fetch": "only once a file was made; see the tests of the export",
    "exports:fetch": "only once a file was made; see the tests of the register of document numbers",
    "exports:part": "only with the name of a kind of export; see the same tests",
    "organization:import-refused": "only once a check has refused rows; see the tests of the import",
    "accounts:sign-out": "its success is the way to the gate",
    "accounts:start-over": "its success is the way to the gate",
    "accounts:second-factor": "only between password and code",
    "accounts:enrol": "only between password and code",
    "accounts:password-required": "only with a password that must be changed",
    "library:download": "the content check is a job, which does not run here",
    "workflow:complete": "only with the part that is done; see the tests of its pages",
    "workflow:draft-designer-save": "only with a drawing; see the tests of drafts",
    "workflow:retry": "only after a service has failed; see the tests of oversight",
    "workflow:file": "the content check is a job, which does not run here",
    "library:version-download": "the content check is a job, which does not run here",
}


@dataclass(frozen=True)
class World:
    """Bureau A, full; bureau B with people who try."""

    a: BureauRef
    b: BureauRef
    cast_a: Cast
    cast_b: Cast
    ids_a: Ids
    sessions: Sessions = field(default_factory=Sessions)


@pytest.fixture(scope="module")
def world() -> World:
    from tests.support.bureaus import open_bureau

    a, b = open_bureau(name=f"{MARK}局"), open_bureau(name="云溪县旁局")
    cast_a, cast_b = furnish(a), people(b, mark="旁局")
    return World(a, b, cast_a, cast_b, Ids(a))


def leaks_to_strangers(address: Address, world: World) -> list[str]:
    """What an address tells people of another bureau, and people without a session."""
    peer = "a peer in another bureau"
    clients = {
        "nobody": SiteClient(world.a),
        "a session of another bureau": world.sessions.elsewhere(world.a, world.b, world.cast_b.head),
        peer: world.sessions.client(world.b, _entitled(address, world.cast_b)),
    }
    found = []
    for number, target in enumerate(address.paths(world.ids_a)):
        for who, client in clients.items():
            for method in (*METHODS, *(OTHER_METHODS if who == peer and number == 0 else ())):
                response = ask(client, method, target)
                text = show(response)
                where = f"{method.upper()} {target} as {who}: {response.status_code}"
                at_home = who != peer
                # The bureau's own name stands on its gate.
                if MARK in text.replace(f"{MARK}局", ""):
                    found.append(f"{where}, and it shows the mark")
                elif address.access == "anyone" or address.name in OPEN_BY_NATURE:
                    continue
                elif (
                    at_home
                    and not (response.status_code in REFUSED or to_gate(response))
                    or not at_home
                    and address.converters
                    and response.status_code not in REFUSED
                    or response.status_code >= 500
                ):
                    found.append(where)
    return found


def _entitled(address: Address, cast: Cast) -> Account:
    """Whoever of the cast may use the address in their own bureau."""
    duties = getattr(address.view.access, "duties", ())
    return getattr(cast, duties[0]) if duties else cast.head


@pytest.mark.parametrize("address", bureau_addresses(), ids=str)
def test_strangers_get_nothing(address, world):
    assert leaks_to_strangers(address, world) == []


def test_a_planted_leak_is_found(world, monkeypatch):
    @anyone
    def leak(request, account_id):
        with bureau_context(world.a):
            return HttpResponse(Account.objects.filter(pk=account_id).values_list("name", flat=True))

    import asp.config.urls_bureau as table

    planted = path("planted/<uuid:account_id>/", leak, name="planted")
    monkeypatch.setattr(table, "urlpatterns", [*table.urlpatterns, planted])
    _clear_resolvers()
    try:
        address = next(each for each in bureau_addresses() if each.name == "planted")
        assert leaks_to_strangers(address, world), "the probe does not see a leak"
    finally:
        monkeypatch.undo()
        _clear_resolvers()


def _clear_resolvers() -> None:
    from django.urls import clear_url_caches

    clear_url_caches()


@pytest.mark.parametrize("address", bureau_addresses(), ids=str)
def test_a_wrong_role_is_refused(address, world):
    if address.access in {"anyone", "signed_in"}:
        return
    wrong = {"code": world.cast_a.audit, "duty": world.cast_a.outsider}[address.access]
    client = world.sessions.client(world.a, wrong)
    for target in address.paths(world.ids_a):
        for method in METHODS:
            response = ask(client, method, target)
            assert response.status_code in {403, 405}, f"{method} {target}: {response.status_code}"
            assert MARK not in show(response).replace(f"{MARK}局", "").replace(f"{wrong.name}", "")


@pytest.mark.parametrize("address", bureau_addresses(), ids=str)
def test_colleagues_do_not_see_private_files(address, world):
    """The outsider may use the file centre, but nothing of the head's is shared with them."""
    if address.app != "library" or not address.converters:
        return
    client = world.sessions.client(world.a, world.cast_a.outsider)
    for target in address.paths(world.ids_a):
        response = ask(client, "get", target)
        text = show(response)
        assert f"{MARK}文件" not in text, target


@pytest.mark.parametrize("address", bureau_addresses(), ids=str)
def test_somebody_who_may_is_served(address, world):
    """The control: without it, an address that refuses everybody would pass all the others."""
    if address.name in CONTROL_ELSEWHERE:
        return
    seen = set()
    for client in _those_who_may(address, world):
        for target in address.paths(world.ids_a, per_model=8):
            for method in ("get", "post"):
                response = ask(client, method, target)
                seen.add(response.status_code)
                assert response.status_code < 500, f"{method} {target}: {response.status_code}"
                if response.status_code not in {401, 403, 404, 405} and not to_gate(response):
                    return
    if address.access == "anyone" and address.converters:
        return  # a made-up token is nobody's
    pytest.fail(f"{address} served nobody: {sorted(seen)}")


def _those_who_may(address: Address, world: World) -> Iterator[SiteClient]:
    """Everybody of the bureau, whoever is most likely to be served first."""
    if address.access == "anyone":
        yield SiteClient(world.a)
        return
    first = _entitled(address, world.cast_a)
    yield world.sessions.client(world.a, first)
    for each in (*world.cast_a.staff, *world.cast_a.administrators):
        if each != first:
            yield world.sessions.client(world.a, each)


@pytest.mark.parametrize("kind", ["hall", "host"])
def test_a_bureaus_session_means_nothing_elsewhere(kind, world):
    client = world.sessions.elsewhere(kind, world.a, world.cast_a.system)
    for address in addresses(settings.URL_TABLES[kind]):
        if address.access == "anyone" or address.converters:
            continue
        for target in address.paths(world.ids_a):
            response = ask(client, "get", target)
            assert response.status_code in REFUSED or to_gate(response), f"{target}: {response.status_code}"


def test_the_host_shows_no_content_of_a_bureau(world):
    """Walk every address of the console as each of those whose duty it is (threat 8).

    With the host's own rows, which are shown, and with ids of the bureau. That another duty gets nothing at all is
    tried in `test_host_addresses`.
    """
    from tests.support.host import host_administrators

    three = dict(zip(("system", "security", "audit"), host_administrators(), strict=True))
    for address in addresses(settings.URL_TABLES["host"]):
        targets = {
            *address.paths(HostIds(), per_model=3),
            *islice(address.paths(world.ids_a), 3),
        }
        for duty in getattr(address.view.access, "duties", ()) or three:
            client = world.sessions.client("host", three[duty])
            for target in sorted(targets):
                assert f"{MARK}文件" not in show(ask(client, "get", target)), target
