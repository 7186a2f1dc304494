"""The console's pages about messages between sites."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from asp.audit.models import Entry
from asp.outbox.relay import delivery
from asp.outbox.relay.models import Envelope, EnvelopeState, Pair
from tenants.context import host_context
from tests.support.client import SiteClient
from tests.support.host import host_administrators

from .messages import noted, refusing, send, settle

pytestmark = pytest.mark.usefixtures("quiet_relay")

MOST_QUERIES = 14


@pytest.fixture
def client():
    system, _security, _audit = host_administrators()
    return SiteClient("host").login_as(system)


def dead_letter(make_bureau, mark="secret text"):
    """A message that was given up, and its two ends."""
    a, b = make_bureau(name="云溪县甲局"), make_bureau(name="云溪县乙局")
    (sent,) = send(a, b, mark)
    with refusing(mark):
        settle(a)
        for _try in delivery.PAUSES:
            with host_context():
                Pair.objects.filter(envelopes=sent).update(ready_at=timezone.now())
            settle(a)
    return a, b, sent


def test_the_list_shows_states_and_reasons_but_no_content(client, make_bureau):
    a, _b, sent = dead_letter(make_bureau)
    page = client.get(f"/messages/?state=dead&bureau={a.id}").content.decode()
    assert "云溪县乙局" in page or "Test Bureau" in page
    assert "could not take the message" in page
    assert "secret text" not in page
    detail = client.get(f"/messages/{sent}/").content.decode()
    assert "secret text" not in detail
    assert "tests.noted.v1" in detail


def test_sending_again_works_once_and_is_on_record(client, make_bureau):
    a, b, sent = dead_letter(make_bureau)
    assert client.post("/messages/replay/", {"message": [str(sent), "nonsense"]}).status_code == 302
    settle(a)
    assert noted(b, a) == ["secret text"]
    client.post("/messages/replay/", {"message": [str(sent)]})
    settle(a)
    assert noted(b, a) == ["secret text"]
    with host_context():
        assert Entry.objects.filter(action="outbox.message_replayed", target_id=sent).count() == 1


def test_nothing_ticked_is_said(client):
    response = client.post("/messages/replay/", {})
    assert response.status_code == 400
    assert "at least one" in response.content.decode()


def test_discarding_needs_a_reason_and_removes_the_content(client, make_bureau):
    _a, _b, sent = dead_letter(make_bureau)
    assert client.post(f"/messages/{sent}/discard/", {"reason": ""}).status_code == 422
    with host_context():
        assert Envelope.objects.get(pk=sent).state == EnvelopeState.DEAD
    assert client.post(f"/messages/{sent}/discard/", {"reason": "sent twice by mistake"}).status_code == 302
    with host_context():
        found = Envelope.objects.get(pk=sent)
        assert (found.state, found.body) == (EnvelopeState.DISCARDED, None)
        assert Entry.objects.filter(action="outbox.message_discarded", target_id=sent).exists()
    again = client.post(f"/messages/{sent}/discard/", {"reason": "once more"})
    assert again.status_code == 409


def test_the_route_is_checked_from_the_console(client, fresh_bureau):
    path = f"/messages/route/{fresh_bureau.id}/"
    assert "Not tried yet" in client.get(path).content.decode()
    assert client.post(path).status_code == 302
    settle(None, fresh_bureau)
    assert "Answered after" in client.get(path).content.decode()


@pytest.mark.parametrize("path", ["/messages/", "/messages/replay/"])
def test_only_the_system_administrator_may(path):
    assert SiteClient("host").get(path).status_code in (302, 405)
    for other in host_administrators()[1:]:
        assert SiteClient("host").login_as(other).get(path).status_code == 403


def test_what_does_not_exist_is_not_found(client, fresh_bureau):
    assert client.get(f"/messages/{fresh_bureau.id}/").status_code == 404
    assert client.get("/messages/route/00000000-0000-7000-8000-000000000000/").status_code == 404


def test_the_list_asks_as_often_for_many_as_for_few(client, make_bureau):
    a, b = make_bureau(), make_bureau()
    send(a, b, "1")
    settle(a)
    with CaptureQueriesContext(connection) as few:
        client.get("/messages/")
    send(a, b, *map(str, range(30)))
    settle(a)
    with CaptureQueriesContext(connection) as many:
        client.get("/messages/")
    assert len(many) <= len(few) <= MOST_QUERIES
