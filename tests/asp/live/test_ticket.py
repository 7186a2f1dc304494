"""The ticket: who gets one, and what it is worth elsewhere."""

import time

import pytest
from django.conf import settings

from asp.live import tickets
from asp.live.realtime.server import ticket_of
from asp.live.tickets import TicketRefused
from tests.support.bureaus import open_bureau
from tests.support.client import SiteClient
from tests.support.people import people


@pytest.fixture(scope="module")
def two():
    """Two bureaus with people."""
    return [people(open_bureau()) for _ in range(2)]


def office(cast, who="system"):
    account = getattr(cast, who)
    return SiteClient(cast.bureau).login_as(account), account


def headers(client, token, *, host="", session=""):
    key = session or client.cookies[settings.SESSION_COOKIE_NAME].value
    return {
        b"host": (host or client.defaults["HTTP_HOST"]).encode(),
        b"cookie": f"x=1; {settings.SESSION_COOKIE_NAME}={key}".encode(),
        b"live-ticket": token.encode(),
    }


def token_of(client):
    answer = client.get("/live/ticket")
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    return answer.json()["ticket"]


def test_it_says_what_this_person_may_hear(two):
    client, account = office(two[0])
    ticket = ticket_of(headers(client, token_of(client)))
    assert ticket.account == str(account.pk)
    assert len(ticket.audiences) == 3
    assert all(str(two[0].bureau.id) in each or two[0].bureau.schema in each for each in ticket.audiences)
    assert any(each.endswith("duty:system") for each in ticket.audiences)


def test_it_is_worth_nothing_elsewhere(two):
    client, _ = office(two[0])
    other, _ = office(two[1])
    token, theirs = token_of(client), token_of(other)
    ticket_of(headers(client, token))
    strange = [
        headers(client, token, host=other.defaults["HTTP_HOST"]),
        headers(client, token, session=other.cookies[settings.SESSION_COOKIE_NAME].value),
        headers(client, token, session="0" * 32),
        headers(client, token[:-2] + "xx"),
        headers(client, theirs),
        headers(client, ""),
        headers(client, token) | {b"cookie": b""},
        headers(client, token) | {b"sec-fetch-site": b"cross-site"},
    ]
    for each in strange:
        with pytest.raises(TicketRefused):
            ticket_of(each)


def test_it_holds_for_a_minute(two, monkeypatch):
    client, _ = office(two[0])
    shown = headers(client, token_of(client))
    moment = time.time()
    monkeypatch.setattr(time, "time", lambda: moment + tickets.SECONDS + 2)
    with pytest.raises(TicketRefused):
        ticket_of(shown)


def test_nobody_gets_one_without_signing_in(two):
    assert SiteClient(two[0].bureau).get("/live/ticket").status_code in (302, 401)
    assert SiteClient("hall").get("/live/ticket").status_code == 404


def test_staff_hear_nothing_of_a_duty(two):
    client, _ = office(two[0], "clerk")
    assert not any("duty" in each for each in ticket_of(headers(client, token_of(client))).audiences)
