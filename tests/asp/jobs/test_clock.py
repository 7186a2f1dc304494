import datetime

import pytest
from django.utils import timezone

from asp.jobs import registry
from asp.jobs.clock import Clock, _share, slot_start, start_periodic
from asp.jobs.models import Job, JobState
from asp.jobs.registry import job, periodic
from tenants.context import bureau_context


@periodic(every=600)
@job("tests.every_ten_minutes", title="Every ten minutes")
def tick(run) -> None:
    run.check()


def jobs_of(bureau):
    with bureau_context(bureau):
        return list(Job.objects.filter(name=tick.name))


def test_each_site_has_its_own_moment():
    shares = [_share("x", f"b:{number}") for number in range(400)]
    buckets = [sum(1 for share in shares if number / 4 <= share < (number + 1) / 4) for number in range(4)]
    assert min(buckets) > 60


def test_a_period_begins_at_the_sites_moment():
    moment = datetime.datetime(2026, 3, 11, 10, 5, tzinfo=datetime.UTC)
    begins = slot_start(moment, period=3600, share=0.5)
    assert begins == datetime.datetime(2026, 3, 11, 9, 30, tzinfo=datetime.UTC)
    assert slot_start(begins, period=3600, share=0.5) == begins


def test_it_is_started_once_in_a_period_even_after_a_restart(fresh_bureau):
    for _ in range(2):
        clock = Clock()
        clock._listed_at = float("-inf")
        clock.step()
        clock._next = dict.fromkeys(clock._next, 0.0)
        clock.step()
    assert len(jobs_of(fresh_bureau)) == 1


def test_one_finished_row_is_kept(fresh_bureau):
    spec = registry.find(tick.name)
    for _ in range(3):
        with bureau_context(fresh_bureau):
            assert start_periodic(spec, since=timezone.now()) == 1
            Job.objects.filter(name=tick.name).update(state=JobState.DONE, finished_at=timezone.now())
    assert len(jobs_of(fresh_bureau)) == 1


WANTED = {"answer": False, "raises": False}


def is_wanted() -> bool:
    if WANTED["raises"]:
        raise ValueError("nobody knows")
    return WANTED["answer"]


@periodic(every=600, wanted=is_wanted)
@job("tests.if_wanted", title="Every ten minutes, if there is something to do")
def seldom(run) -> None:
    run.check()


@pytest.mark.parametrize(
    ("answer", "raises", "started"), [(False, False, 0), (True, False, 1), (False, True, 1)]
)
def test_it_is_started_only_if_it_is_wanted(fresh_bureau, monkeypatch, answer, raises, started):
    """Whoever cannot say whether it is wanted will find out in the job."""
    monkeypatch.setitem(WANTED, "answer", answer)
    monkeypatch.setitem(WANTED, "raises", raises)
    clock = Clock()
    clock.step()
    clock._next = dict.fromkeys(clock._next, 0.0)
    clock.step()
    with bureau_context(fresh_bureau):
        assert Job.objects.filter(name=seldom.name).count() == started
