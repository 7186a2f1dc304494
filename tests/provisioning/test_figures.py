"""A bureau counts itself and tells the host; the console shows what it was told."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from asp.outbox import addresses
from asp.outbox.consumers import Received
from asp.outbox.services import message_send
from provisioning import figures
from provisioning.models import BureauFigures
from tenants.context import bureau_context, host_context
from tenants.models import Bureau
from tests.asp.outbox.messages import settle
from tests.support.client import SiteClient
from tests.support.host import host_administrators
from tests.support.people import people

pytestmark = pytest.mark.usefixtures("quiet_relay")


def reported(bureau):
    with host_context():
        return BureauFigures.objects.filter(pk=bureau.id).first()


def report(bureau):
    with bureau_context(bureau):
        figures.report_send()
    settle(bureau)
    return reported(bureau)


@pytest.fixture
def client():
    return SiteClient("host").login_as(host_administrators()[0])


def test_a_bureau_tells_how_many_people_and_bytes_there_are(fresh_bureau):
    cast = people(fresh_bureau)
    SiteClient(fresh_bureau).login_as(cast.head)
    found = report(fresh_bureau)
    assert (found.people, found.active_people, found.storage_used) == (3, 3, 0)
    assert timezone.now() - found.last_activity_at < datetime.timedelta(minutes=1)
    assert found.problems == {}


def test_it_names_nobody_and_nothing(fresh_bureau):
    """What leaves the bureau are numbers: the message is read as it lies in the outbox."""
    from asp.outbox.models import OutMessage

    people(fresh_bureau, mark="泄漏")
    with bureau_context(fresh_bureau):
        figures.report_send()
        body = OutMessage.objects.latest("id").body
    settle(fresh_bureau)
    assert "泄漏" not in str(body)
    assert set(body) == {"people", "active_people", "storage_used", "last_activity_at", "problems"}


def test_failed_work_is_told_as_a_count(fresh_bureau, client):
    from asp.jobs.models import Job, JobState

    with bureau_context(fresh_bureau):
        Job.objects.create(name="tests.any", actor_kind="system", state=JobState.FAILED)
    assert report(fresh_bureau).problems == {"jobs_failed": 1}
    page = client.get(f"/bureaus/{fresh_bureau.id}/").content.decode()
    assert "needs attention" in page
    assert "1 background tasks failed" in page


def test_an_older_report_changes_nothing(fresh_bureau):
    found = report(fresh_bureau)
    older = Received(
        id=fresh_bureau.id,
        event=figures.REPORTED,
        version=1,
        sender=addresses.bureau(fresh_bureau.id),
        to="host",
        seq=1,
        subject="",
        body={"people": 99},
        occurred_at=found.reported_at - datetime.timedelta(seconds=1),
        causation=None,
    )
    with host_context():
        figures.figures_reported(older)
    assert reported(fresh_bureau).people == found.people


@pytest.mark.parametrize(
    "body",
    [
        {"people": -1, "storage_used": "much", "problems": {"jobs_failed": 10**30, "<script>": 1}},
        {"people": None, "last_activity_at": 7},
        {},
    ],
    ids=str,
)
def test_a_hostile_report_harms_nobody(fresh_bureau, client, body):
    with bureau_context(fresh_bureau):
        message_send(to=addresses.HOST, type=f"{figures.REPORTED}.v1", body=body)
    settle(fresh_bureau)
    found = reported(fresh_bureau)
    assert (found.people, found.storage_used) == (0, 0)
    assert set(found.problems) <= set(figures.PROBLEMS)
    assert client.get(f"/bureaus/{fresh_bureau.id}/").status_code == 200


def test_a_bureau_that_falls_silent_is_seen(fresh_bureau, client):
    report(fresh_bureau)
    with host_context():
        BureauFigures.objects.filter(pk=fresh_bureau.id).update(
            reported_at=timezone.now() - datetime.timedelta(minutes=20)
        )
    assert "does not report" in client.get(f"/bureaus/{fresh_bureau.id}/").content.decode()
    with host_context():
        BureauFigures.objects.filter(pk=fresh_bureau.id).delete()
        assert figures.health_of(Bureau.objects.get(pk=fresh_bureau.id)).mark == "off"


def test_the_list_is_sorted_by_what_was_reported_without_more_queries(client, make_bureau):
    first = make_bureau()
    report(first)
    with CaptureQueriesContext(connection) as few:
        assert client.get("/bureaus/?sort=-used").status_code == 200
    for _number in range(5):
        report(make_bureau())
    with CaptureQueriesContext(connection) as many:
        assert client.get("/bureaus/?sort=-people").status_code == 200
    # Offices that are being set up are asked whether they are ready; those are other tests' affair.
    assert len(many) <= len(few)
