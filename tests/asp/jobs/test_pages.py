"""A job as its starter sees it, and the administrator's list."""

import pytest
from django.utils import timezone

from asp.audit.actor import Actor
from asp.jobs import job_start
from asp.jobs.models import Job, JobState
from tenants.context import bureau_context, host_context
from tests.support.client import SiteClient
from tests.support.host import host_administrators
from tests.support.people import people

from . import work


@pytest.fixture(scope="module")
def cast():
    from tests.support import bureaus

    return people(bureaus.open_bureau())


@pytest.fixture
def job(cast):
    with bureau_context(cast.bureau):
        return job_start(
            actor=Actor.of_account(cast.clerk),
            job=work.hold,
            params={"flag": "x"},
        )


def change(cast, job, **fields):
    with bureau_context(cast.bureau):
        Job.objects.filter(id=job.id).update(**fields)


def test_the_starter_sees_it(cast, job):
    client = SiteClient(cast.bureau).login_as(cast.clerk)
    assert "Hold" in client.get(f"/jobs/{job.id}/").text
    change(
        cast,
        job,
        state=JobState.RUNNING,
        progress_done=1,
        progress_total=2,
        progress_code="inside",
        progress_params={"place": "<b>"},
    )
    part = client.get(f"/jobs/{job.id}/progress/", HTTP_HX_REQUEST="true")
    assert "Inside &lt;b&gt;" in part.text
    assert 'value="1" max="2"' in part.text
    assert 'hx-trigger="tb-live"' in part.text
    assert "HX-Trigger" not in part.headers


def test_the_part_stops_asking_when_the_job_has_ended(cast, job):
    client = SiteClient(cast.bureau).login_as(cast.clerk)
    change(
        cast,
        job,
        state=JobState.FAILED,
        error_code="jobs.internal",
        error_params={"reference": "r-1"},
        finished_at=timezone.now(),
    )
    part = client.get(f"/jobs/{job.id}/progress/")
    assert "r-1" in part.text
    assert "tb-live" not in part.text
    assert part.headers["HX-Trigger"] == "tb-job-finished"


def test_others_do_not_see_it(cast, job, make_bureau):
    for name in ("head", "security", "audit"):
        client = SiteClient(cast.bureau).login_as(getattr(cast, name))
        assert client.get(f"/jobs/{job.id}/").status_code == 404
        assert client.get(f"/jobs/{job.id}/progress/").status_code == 404
    other = people(make_bureau())
    assert SiteClient(other.bureau).login_as(other.system).get(f"/jobs/{job.id}/").status_code == 404
    assert SiteClient(cast.bureau).get(f"/jobs/{job.id}/").status_code == 302


def test_the_system_administrator_sees_all_in_a_list(cast, job):
    client = SiteClient(cast.bureau).login_as(cast.system)
    page = client.get("/jobs/")
    assert str(job.id) in page.text
    assert client.get(f"/jobs/{job.id}/").status_code == 200
    assert str(job.id) not in client.get("/jobs/?state=done").text
    assert client.get("/jobs/?state=rubbish&page=x&system=1").status_code == 200
    assert SiteClient(cast.bureau).login_as(cast.clerk).get("/jobs/").status_code == 403


def test_the_starter_cancels_and_tries_again(cast, job):
    client = SiteClient(cast.bureau).login_as(cast.clerk)
    assert f"/jobs/{job.id}/cancel/" in client.get(f"/jobs/{job.id}/").text
    other = SiteClient(cast.bureau).login_as(cast.head)
    assert other.post(f"/jobs/{job.id}/cancel/").status_code == 404
    assert client.post(f"/jobs/{job.id}/cancel/").status_code == 302
    assert "cancel/" not in client.get(f"/jobs/{job.id}/").text
    assert client.post(f"/jobs/{job.id}/cancel/").status_code == 409
    change(cast, job, state=JobState.FAILED, error_code="jobs.internal")
    assert f"/jobs/{job.id}/retry/" in client.get(f"/jobs/{job.id}/").text
    assert other.post(f"/jobs/{job.id}/retry/").status_code == 404
    again = client.post(f"/jobs/{job.id}/retry/").url
    assert str(job.id) not in again
    # Pressed twice: the same one; and each of the two leads to the other.
    assert client.post(f"/jobs/{job.id}/retry/").url == again
    assert again in client.get(f"/jobs/{job.id}/").text
    assert f"/jobs/{job.id}/" in client.get(again).text


def test_a_list_of_one_kind(cast, job):
    client = SiteClient(cast.bureau).login_as(cast.system)
    assert str(job.id) in client.get(f"/jobs/?kind={job.name}").text
    assert client.get("/jobs/?kind=tests.absent&state=done").status_code == 200
    empty = client.get(f"/jobs/?kind={job.name}&state=cancelled").text
    assert str(job.id) not in empty


def test_regular_work_is_done_before_its_time(cast):
    client = SiteClient(cast.bureau).login_as(cast.system)
    assert "Forget tasks that ended long ago" in client.get("/jobs/regular/").text
    answer = client.post("/jobs/regular/run/", {"name": "jobs.tidy"})
    assert answer.status_code == 302
    assert client.post("/jobs/regular/run/", {"name": "jobs.tidy"}).url == answer.url
    assert client.post("/jobs/regular/run/", {"name": "tests.absent"}).status_code == 409
    assert client.post("/jobs/regular/run/", {"name": work.hold.name}).status_code == 409
    clerk = SiteClient(cast.bureau).login_as(cast.clerk)
    assert clerk.post("/jobs/regular/run/", {"name": "jobs.tidy"}).status_code == 403


def test_the_host_counts_what_waits_in_offices_and_sees_no_more(cast, job):
    system, _security, _audit = host_administrators()
    page = SiteClient("host").login_as(system).get("/jobs/offices/").text
    assert cast.bureau.name in page or cast.bureau.slug in page or "Office" in page
    assert str(job.id) not in page
    assert SiteClient(cast.bureau).login_as(cast.system).get("/jobs/offices/").status_code == 404


def test_the_host_has_its_own_list(cast, job):
    system, _security, _audit = host_administrators()
    with host_context():
        own = job_start(actor=Actor.of_account(system), job=work.for_host)
    client = SiteClient("host").login_as(system)
    page = client.get("/jobs/")
    assert str(own.id) in page.text
    assert str(job.id) not in page.text
    assert client.get(f"/jobs/{job.id}/").status_code == 404
    assert cast.bureau.slug not in page.text
