"""The page of the self-test: for the audit administrator alone."""

import pytest
from django.utils import timezone

from asp.assurance.models import Run
from asp.assurance.runner import Result
from asp.assurance.services import run_store
from asp.audit.actor import Actor
from asp.jobs.models import Job, JobState
from asp.jobs.runner import run_job
from tenants.context import bureau_context
from tenants.isolation.registry import broken, find, held, not_tried
from tenants.keys import uuid7
from tests.support.client import SiteClient
from tests.support.people import people


@pytest.fixture(scope="module")
def cast():
    from tests.support.bureaus import open_bureau

    return people(open_bureau())


@pytest.fixture
def client(cast):
    return SiteClient(cast.bureau).login_as(cast.audit)


def store(cast, *findings):
    with bureau_context(cast.bureau):
        results = [Result(find(code), finding) for code, finding in findings]
        return run_store(
            actor=Actor.of_account(cast.audit), run_id=uuid7(), started_at=timezone.now(), results=results
        )


def test_first_it_says_what_will_be_tried(fresh_bureau):
    fresh = people(fresh_bureau)
    page = SiteClient(fresh_bureau).login_as(fresh.audit).get("/self-test/")
    assert "What will be tried" in page.text
    assert "Reading other offices&#x27; data" in page.text


def test_a_click_starts_it_and_the_page_follows(client, cast):
    assert client.post("/self-test/run/").status_code == 302
    part = client.post("/self-test/run/", HTTP_HX_REQUEST="true")
    with bureau_context(cast.bureau):
        (job,) = Job.objects.filter(name="assurance.self_test", state="queued")
    assert part.text.strip().startswith("<div")
    assert f'data-tb-live="assurance job:{job.pk}"' in part.text
    assert "Run now" not in part.text
    with bureau_context(cast.bureau):
        run_job(job.id)
    part = client.get("/self-test/part/")
    assert "Run now" in part.text
    assert "Reading other offices&#x27; data" in part.text
    assert "The short-term memory" in part.text


def test_a_failed_one_says_what_to_do(client, cast):
    run = store(
        cast,
        ("role.structure", broken("{seen} of {tried} attempts went through.", seen=2, tried=7)),
        ("cache.keys", held()),
    )
    for address in ("/self-test/", f"/self-test/{run.pk}/"):
        page = client.get(address)
        assert "1 attempt went through" in page.text
        assert "Call the host" in page.text
        assert "2 of 7 attempts went through." in page.text
        assert run.software in page.text
        assert cast.audit.name in page.text


def test_not_tried_is_never_passed(client, cast):
    run = store(cast, ("blobs.raw", not_tried("The file store does not answer. Try again when it is back.")))
    page = client.get(f"/self-test/{run.pk}/")
    assert "Not tried" in page.text
    assert "Passed" not in page.text
    assert "The file store does not answer" in page.text


def test_one_that_did_not_end_is_told(client, cast):
    store(cast, ("cache.keys", held()))
    with bureau_context(cast.bureau):
        job = Job.objects.create(
            name="assurance.self_test", actor_kind="system", state=JobState.FAILED, error_code="jobs.internal"
        )
        page = client.get("/self-test/")
        job.delete()
    assert "did not come to its end" in page.text
    assert "did not come to its end" not in client.get("/self-test/").text


@pytest.mark.parametrize("who", ["system", "security", "head", "clerk"])
def test_nobody_else_may(cast, who):
    client = SiteClient(cast.bureau).login_as(getattr(cast, who))
    run = store(cast, ("cache.keys", held()))
    for address in ("/self-test/", "/self-test/part/", f"/self-test/{run.pk}/"):
        assert client.get(address).status_code == 403
    assert client.post("/self-test/run/").status_code == 403
    assert "/self-test/" not in client.get("/").text


def test_one_signs_in_first(cast):
    assert SiteClient(cast.bureau).get("/self-test/").status_code == 302


def test_another_office_has_results_of_its_own(cast, make_bureau):
    run = store(cast, ("cache.keys", held()))
    other = people(make_bureau())
    client = SiteClient(other.bureau).login_as(other.audit)
    assert client.get(f"/self-test/{run.pk}/").status_code == 404
    assert SiteClient("host").get("/self-test/").status_code == 404
    assert SiteClient("hall").get("/self-test/").status_code == 404


def test_the_history_is_paged(client, cast):
    for _ in range(22):
        store(cast, ("cache.keys", held()))
    with bureau_context(cast.bureau):
        oldest = Run.objects.last()
    assert f"/self-test/{oldest.pk}/" not in client.get("/self-test/").text
    with bureau_context(cast.bureau):
        pages = -(-Run.objects.count() // 20)
    assert f"/self-test/{oldest.pk}/" in client.get(f"/self-test/?page={pages}").text
