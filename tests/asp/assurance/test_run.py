"""A self-test from the click to its result: stored once, on record, told to whoever has to know."""

import datetime

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone, translation

from asp.assurance.models import Run
from asp.assurance.runner import Result
from asp.assurance.selectors import in_words
from asp.assurance.services import run_store, self_test_start
from asp.assurance.software import fingerprint
from asp.assurance.tasks import self_test
from asp.audit.actor import Actor
from asp.audit.models import Entry
from asp.jobs import clock
from asp.jobs.models import Job, JobState
from asp.jobs.runner import Outcome as JobOutcome
from asp.jobs.runner import run_job
from asp.notify.models import Notification
from tenants.context import bureau_context
from tenants.isolation.registry import Outcome, broken, find, held, registered
from tenants.keys import uuid7
from tests.support.people import people


@pytest.fixture
def cast(fresh_bureau):
    return people(fresh_bureau)


def audit(cast):
    return Actor.of_account(cast.audit)


def actions():
    found = Entry.objects.filter(action__startswith="assurance.").order_by("id")
    return list(found.values_list("action", flat=True))


def test_it_tries_everything_and_keeps_the_result(cast):
    with bureau_context(cast.bureau):
        job = self_test_start(actor=audit(cast))
        assert run_job(job.id) == JobOutcome.DONE
        run = Run.objects.get(pk=job.id)
        assert {each["probe"] for each in run.results} == {each.code for each in registered()}
        assert (run.broken, run.held + run.not_tried) == (0, len(registered()))
        # This process logs in as the owner, and the log of a new office is not signed yet.
        missing = {each["probe"] for each in run.results if each["outcome"] == Outcome.NOT_TRIED}
        assert missing <= {"login.plain", "audit.signed", "audit.chain"}
        assert (run.actor_name, run.software) == (cast.audit.name, fingerprint())
        assert actions() == ["assurance.started", "assurance.held"]
        assert not Notification.objects.exists()
        job.refresh_from_db()
        assert job.progress_done == job.progress_total == len(registered())


def test_a_second_click_finds_the_first_ones_job(cast):
    with bureau_context(cast.bureau):
        first, second = (self_test_start(actor=audit(cast)) for _ in range(2))
        assert first.pk == second.pk
        assert actions() == ["assurance.started"]


def test_the_scheduler_starts_one_a_month(cast):
    with bureau_context(cast.bureau):
        since = timezone.now() - datetime.timedelta(minutes=1)
        assert clock.start_periodic(self_test, since=since) == 1
        assert clock.start_periodic(self_test, since=since) == 0
        job = Job.objects.get(name="assurance.self_test")
        run_job(job.id)
        assert Run.objects.get(pk=job.id).actor_kind == "system"
        assert actions() == ["assurance.started", "assurance.held"]
        # By hand it belongs to the audit administrator alone.
        assert self_test.every == datetime.timedelta(days=30)
        assert not self_test.by_hand


def results():
    leak = broken("{seen} of {tried} attempts went through.", seen=1, tried=4)
    return [Result(find("role.structure"), leak), Result(find("cache.keys"), held())]


def store(cast, run_id=None):
    return run_store(
        actor=audit(cast), run_id=run_id or uuid7(), started_at=timezone.now(), results=results()
    )


def test_something_broken_is_told_to_audit_and_system(cast):
    with bureau_context(cast.bureau):
        run = store(cast)
        told = {each.account_id: each for each in Notification.objects.all()}
        assert set(told) == {cast.audit.pk, cast.system.pk}
        assert told[cast.audit.pk].url == f"/self-test/{run.pk}/"
        assert told[cast.system.pk].url == "", "the page is not theirs"
        assert told[cast.audit.pk].params == {"broken": 1}
        entry = Entry.objects.get(action="assurance.broken")
        assert entry.params == {"held": 1, "broken": 1, "not_tried": 0, "probes": ["role.structure"]}


def test_an_attempt_that_is_repeated_stores_nothing_twice(cast):
    with bureau_context(cast.bureau):
        first = store(cast)
        again = store(cast, run_id=first.pk)
        assert again.pk == first.pk
        assert Run.objects.count() == 1
        assert actions() == ["assurance.broken"]
        assert Notification.objects.count() == 2


def test_a_result_cannot_be_changed(cast):
    with bureau_context(cast.bureau):
        run = store(cast)
        for act in (lambda: Run.objects.filter(pk=run.pk).update(broken=0), lambda: run.delete()):
            with pytest.raises(DatabaseError), transaction.atomic():
                act()


@pytest.mark.parametrize(
    ("language", "text"),
    [("en", "1 of 4 attempts went through."), ("zh-hans", "4 次尝试中有 1 次得逞。")],
)
def test_a_result_is_read_in_the_readers_language(cast, language, text):
    with bureau_context(cast.bureau), translation.override(language):
        shown = in_words(store(cast))
        assert [group.row for group in shown.groups] == [1, 3]
        assert [line.text for line in shown.broken] == [text]
        assert shown.groups[0].outcome == Outcome.BROKEN


def test_a_probe_that_is_gone_keeps_its_result(cast):
    with bureau_context(cast.bureau):
        run = store(cast)
        run.results[0]["probe"] = "gone.probe"
        line = in_words(run).broken[0]
        assert (line.title, line.explanation) == ("gone.probe", "")


def test_it_ends_without_a_result_if_it_is_cancelled(cast):
    with bureau_context(cast.bureau):
        job = self_test_start(actor=audit(cast))
        Job.objects.filter(pk=job.pk).update(state=JobState.CANCELLED, finished_at=timezone.now())
        assert run_job(job.id) == JobOutcome.OVER
        assert not Run.objects.exists()
