"""Clocks that jump an hour, in both directions."""

import datetime

import pytest
from django.utils import timezone

from asp.jobs import clock, runner
from asp.jobs.dbclock import LONGEST_PAUSE, seconds_to_wait
from asp.jobs.models import Job, JobState
from asp.jobs.runner import Outcome, pause_before_retry, run_job
from tenants.context import bureau_context

from . import work
from .test_clock import tick
from .waiting import row, start

HOUR = datetime.timedelta(hours=1)


def jumped(monkeypatch, module, by):
    class Jumped:
        @staticmethod
        def now():
            return timezone.now() + by

    monkeypatch.setattr(module, "timezone", Jumped)


@pytest.mark.parametrize("by", [HOUR, -HOUR])
def test_a_workers_clock_does_not_move_a_retry(fresh_bureau, monkeypatch, flag, by):
    job = start(fresh_bureau, work.fail, flag=flag)
    jumped(monkeypatch, runner, by)
    with bureau_context(fresh_bureau):
        assert run_job(job.id) == Outcome.RETRY
        assert run_job(job.id) == Outcome.EARLY
        waits = Job.objects.annotate(wait=seconds_to_wait()).get(id=job.id).wait
    assert 0 < waits <= 3


def test_no_retry_waits_for_an_hour_that_comes_twice(fresh_bureau, flag):
    """The database's own clock was set back after the moment had been written."""
    job = start(fresh_bureau, work.fail, flag=flag)
    with bureau_context(fresh_bureau):
        assert run_job(job.id) == Outcome.RETRY
        Job.objects.filter(id=job.id).update(run_after=timezone.now() + HOUR)
        assert Job.objects.annotate(wait=seconds_to_wait()).get(id=job.id).wait == 0
        assert run_job(job.id) == Outcome.FAILED, "its second and last attempt ran at once"


def test_no_pause_is_taken_for_a_jump():
    assert max(pause_before_retry(failures) for failures in range(1, 12) for _ in range(200)) < LONGEST_PAUSE


@pytest.mark.parametrize("by", [HOUR, -HOUR])
def test_periodic_work_goes_on_after_a_jump_and_back(fresh_bureau, monkeypatch, by):
    """One run too many at most; never an hour of silence."""

    def look():
        scheduler = clock.Clock()
        scheduler.step()
        scheduler._next = dict.fromkeys(scheduler._next, 0.0)
        scheduler.step()
        with bureau_context(fresh_bureau):
            found = Job.objects.filter(name=tick.name)
            begun = found.filter(state=JobState.QUEUED).count()
            found.filter(state=JobState.QUEUED).update(state=JobState.DONE, finished_at=timezone.now())
        return begun

    assert look() == 1
    with monkeypatch.context() as patch:
        patch.setattr("django.utils.timezone.now", lambda: datetime.datetime.now(datetime.UTC) + by)
        assert look() == 1
        assert look() == 0
    assert look() == 1
    assert look() == 0


def test_a_duration_is_never_below_zero(fresh_bureau):
    job = start(fresh_bureau, work.add, a=1, b=1)
    now = timezone.now()
    with bureau_context(fresh_bureau):
        Job.objects.filter(id=job.id).update(started_at=now, finished_at=now - HOUR)
    assert row(fresh_bureau, job).duration == datetime.timedelta()
