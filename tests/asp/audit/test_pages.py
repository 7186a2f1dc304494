"""The audit administrator's pages, in an office and on the host."""

import datetime

import pytest
from django.utils import timezone

from asp.audit import selectors
from asp.audit.models import Entry, Seal
from asp.audit.sealer import seal
from asp.jobs.models import Job
from asp.jobs.runner import run_job
from tenants.context import bureau_context
from tests.support.client import SiteClient
from tests.support.host import host_administrators
from tests.support.people import people

from .log import write


@pytest.fixture(scope="module")
def cast():
    from tests.support import bureaus

    found = people(bureaus.open_bureau())
    write(found.bureau, 60)
    with bureau_context(found.bureau):
        seal(full=True)
    return found


@pytest.fixture
def client(cast):
    return SiteClient(cast.bureau).login_as(cast.audit)


def test_the_log_is_read_in_words(client):
    page = client.get("/audit/")
    assert page.status_code == 200
    assert "Did thing 59 to 文件" in page.text
    assert "System: Background work" in page.text
    chinese = client.get("/audit/", HTTP_ACCEPT_LANGUAGE="zh-CN")
    assert chinese.status_code == 200


def test_pages_follow_one_another_and_come_back(cast):
    with bureau_context(cast.bureau):
        first = selectors.entry_page(selectors.Wanted())
        second = selectors.entry_page(selectors.Wanted(), before=first.older)
        back = selectors.entry_page(selectors.Wanted(), after=second.newer)
        everything = list(Entry.objects.order_by("-id").values_list("id", flat=True))
    assert [row.entry.id for row in first.rows] == everything[:50]
    assert [row.entry.id for row in second.rows] == everything[50:100]
    assert [row.entry.id for row in back.rows] == everything[:50]
    assert first.newer is None
    assert back.newer is None


def test_a_page_behind_the_last_leads_back(client, cast):
    with bureau_context(cast.bureau):
        older = selectors.entry_page(selectors.Wanted()).older
    page = client.get(f"/audit/?before={older}")
    assert "Newer" in page.text
    assert client.get("/audit/?before=rubbish&after=%00").status_code == 200


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ('action=tests.thing_done&text="thing 7"', 1),
        ("action=tests.thing_done&text=“thing 7”", 1),
        ('action=tests.thing_done&person=worker&text="thing 1"', 11),
        ("action=tests.thing_done&text=thing 59", 1),
        ("action=tests.*&text=Did 59", 1),
        ("action=tests.thing_done&person=Background&text=59", 1),
        ("action=tests.thing_done&target=文件&text=59", 1),
        ("person=nobody", 0),
        ("text=%25", 0),
        ("target=_", 0),
        ("action=nonsense", 50),
    ],
)
def test_the_filter(client, query, count):
    page = client.get(f"/audit/?{query}")
    assert page.status_code == 200
    assert page.text.count("/audit/0") == count


def test_days_are_those_of_shanghai(cast):
    zone = datetime.timezone(datetime.timedelta(hours=8))
    today = timezone.now().astimezone(zone).date()
    yesterday = today - datetime.timedelta(days=1)
    with bureau_context(cast.bureau):
        found = selectors.entries_wanted(selectors.Wanted(since=today, until=today)).count()
        assert found == Entry.objects.count()
        assert not selectors.entries_wanted(selectors.Wanted(until=yesterday)).exists()


def test_a_period_that_ends_before_it_begins_is_told(client):
    page = client.get("/audit/?since=2026-03-02&until=2026-03-01")
    assert "The period ends before it begins." in page.text


def test_one_entry_with_its_seal(client, cast):
    with bureau_context(cast.bureau):
        link = Seal.objects.order_by("-seq").first()
    page = client.get(f"/audit/{link.entry}/")
    assert page.status_code == 200
    assert link.digest in page.text
    assert client.get("/audit/01900000-0000-7000-8000-000000000000/").status_code == 404


def test_a_check_runs_as_a_job_and_is_reported(client, cast):
    assert client.post("/audit/verify/").status_code == 302
    assert client.post("/audit/verify/").status_code == 302
    with bureau_context(cast.bureau):
        (job,) = Job.objects.filter(name="audit.verify", state="queued")
        run_job(job.id)
        assert Entry.objects.filter(action="audit.verified").count() == 1
    page = client.get("/audit/")
    assert "In order" in page.text
    part = client.get("/audit/chain/", HTTP_HX_REQUEST="true")
    assert part.text.startswith("<section")


@pytest.mark.parametrize("who", ["system", "security", "clerk"])
def test_nobody_else_reads_the_log(cast, who):
    client = SiteClient(cast.bureau).login_as(getattr(cast, who))
    assert client.get("/audit/").status_code == 403
    assert client.post("/audit/verify/").status_code == 403


def test_one_signs_in_first(cast):
    assert SiteClient(cast.bureau).get("/audit/").status_code == 302


def test_another_office_has_another_log(cast, make_bureau):
    other = people(make_bureau())
    client = SiteClient(other.bureau).login_as(other.audit)
    with bureau_context(cast.bureau):
        entry = Entry.objects.first()
    assert client.get(f"/audit/{entry.id}/").status_code == 404
    assert "thing 59" not in client.get("/audit/").text


def test_a_hostile_name_stays_text(cast, client):
    write(cast.bureau, 1, thing="<script>alert(1)</script>")
    page = client.get("/audit/?action=tests.thing_done")
    assert "<script>alert(1)" not in page.text
    assert "&lt;script&gt;alert(1)" in page.text


def test_the_hosts_audit_administrator_reads_the_hosts_log():
    system, _security, audit = host_administrators()
    assert SiteClient("host").login_as(audit).get("/audit/").status_code == 200
    assert SiteClient("host").login_as(system).get("/audit/").status_code == 403
