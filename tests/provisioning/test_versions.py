"""Upgrades in the host console: what is shown, who may start one, and that it really runs."""

import pytest
from django.db import connection

from asp.audit.models import Entry
from asp.jobs.models import Job
from asp.jobs.runner import run_job
from tenants.context import bureau_context, host_context, owner_context
from tenants.fleet import errors
from tenants.models import Bureau, BureauUpgrade, FleetUpgrade
from tenants.site import BureauRef
from tests.support.client import SiteClient
from tests.support.host import host_administrators

FORMER = "0" * 16


@pytest.fixture
def outdated(fresh_bureau: BureauRef) -> BureauRef:
    """An office of a version that nobody knows any more, though nothing is missing in it."""
    with host_context():
        Bureau.objects.filter(pk=fresh_bureau.id).update(version=FORMER)
    yield fresh_bureau
    with host_context():
        Bureau.objects.filter(pk=fresh_bureau.id).update(version=fresh_bureau.version)


def as_system() -> SiteClient:
    return SiteClient("host").login_as(host_administrators()[0])


def test_the_page_says_why_an_office_is_outdated(outdated):
    with host_context():
        run = FleetUpgrade.objects.create(version=outdated.version, total=1)
        BureauUpgrade.objects.create(
            upgrade=run,
            bureau_id=outdated.id,
            from_version=FORMER,
            milliseconds=5,
            error=errors.DATABASE,
            params={"migration": "library.0002_x", "condition": "DUPLICATE_COLUMN", "where": "library_node"},
        )
    page = as_system().get("/versions/").content.decode()
    assert "Migration library.0002_x was refused by the database: DUPLICATE_COLUMN library_node" in page
    assert "Interrupted" in page
    page = as_system().get("/versions/", HTTP_ACCEPT_LANGUAGE="zh-hans").content.decode()
    assert "被中断" in page


def test_an_office_is_upgraded_from_the_console(outdated):
    client = as_system()
    for _press in (1, 2):
        response = client.post(f"/versions/{outdated.id}/upgrade/")
        assert response.status_code == 302
    with host_context():
        job = Job.objects.get(about=outdated.id)
    page = client.get("/versions/").content.decode()
    assert f"job:{job.id}" in page
    assert "Upgrade all" not in page
    with host_context():
        run_job(job.id)
        job.refresh_from_db()
        assert job.state == "done", job.error_text
        assert Bureau.objects.get(pk=outdated.id).version == outdated.version
        actions = Entry.objects.filter(action__startswith="provisioning.").order_by("-id")[:2]
        assert [each.action for each in actions] == [
            "provisioning.fleet_upgraded",
            "provisioning.bureau_upgrade_started",
        ]
    with bureau_context(outdated):
        assert Entry.objects.filter(action="audit.office_upgraded").count() == 1
    response = client.post(f"/versions/{outdated.id}/upgrade/", follow=True)
    assert "Every office is of the current version already." in response.content.decode()


def test_a_failure_is_told_by_the_job_and_on_the_page(outdated):
    with owner_context(outdated.schema), connection.cursor() as cursor:
        cursor.execute("CREATE INDEX by_hand ON library_node (name)")
    client = as_system()
    client.post("/versions/upgrade/")
    with host_context():
        job = Job.objects.filter(name="provisioning.upgrade_fleet").latest("id")
        run_job(job.id)
        job.refresh_from_db()
        assert (job.state, job.error_code) == ("failed", "provisioning.upgrade_failed")
    page = client.get("/versions/").content.decode()
    assert (
        "After the upgrade the schema would not be what the code expects: columns, indexes, relations" in page
    )
    assert "Some failed" in page or "Stopped at the first" in page  # others may be outdated as well


@pytest.mark.parametrize("duty", ["security", "audit"])
def test_the_others_may_not(duty, outdated):
    client = SiteClient("host").login_as(host_administrators()[1 if duty == "security" else 2])
    assert client.get("/versions/").status_code == 403
    assert client.get("/versions/part/").status_code == 403
    assert client.post("/versions/upgrade/").status_code == 403
    assert client.post(f"/versions/{outdated.id}/upgrade/").status_code == 403


def test_it_needs_a_sign_in_and_does_not_exist_in_offices(fresh_bureau):
    assert SiteClient("host").get("/versions/").status_code == 302
    assert SiteClient(fresh_bureau).get("/versions/").status_code == 404
    assert as_system().post("/versions/0190f0d0-0000-7000-8000-000000000000/upgrade/").status_code == 404
