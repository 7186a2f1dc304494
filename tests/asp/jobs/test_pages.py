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
    assert "every 1s" in part.text
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
    assert "every 1s" not in part.text
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
