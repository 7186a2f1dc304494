"""Hooks hear of what was committed, once, and cannot hurt a job."""

import pytest
from django.db import transaction

from asp.jobs import hooks, job_start
from asp.jobs.models import Job, JobState
from asp.jobs.runner import Outcome, run_job
from asp.jobs.services import job_cancel
from tenants.context import bureau_context, current_site

from . import work
from .waiting import CHEN, start


@pytest.fixture
def heard(monkeypatch):
    """What was told: (hook, state, progress, where)."""
    monkeypatch.setattr(hooks, "_end", [])
    monkeypatch.setattr(hooks, "_change", [])
    found = []

    def listen(name):
        def hook(job):
            site = current_site().bureau
            found.append((name, job.state, job.progress_done, site.id if site else None))

        return hook

    hooks.register_end_hook(listen("end"))
    hooks.register_change_hook(listen("change"))
    return found


def test_a_job_is_told_from_its_start_to_its_end(fresh_bureau, heard):
    job = start(fresh_bureau, work.add, a=1, b=2)
    with bureau_context(fresh_bureau):
        assert run_job(job.id) == Outcome.DONE
    here = fresh_bureau.id
    assert heard == [
        ("change", JobState.QUEUED, 0, here),
        ("change", JobState.RUNNING, 0, here),
        ("change", JobState.RUNNING, 1, here),
        ("change", JobState.DONE, 1, here),
        ("end", JobState.DONE, 1, here),
    ]


def test_a_failure_ends_a_retry_does_not(fresh_bureau, heard, flag):
    job = start(fresh_bureau, work.fail, flag=flag)
    with bureau_context(fresh_bureau):
        assert run_job(job.id) == Outcome.RETRY
        assert [each[0] for each in heard].count("end") == 0
        Job.objects.filter(id=job.id).update(run_after=None)
        assert run_job(job.id) == Outcome.FAILED
    assert [each[:2] for each in heard if each[0] == "end"] == [("end", JobState.FAILED)]


def test_only_what_was_committed_is_told(fresh_bureau, heard):
    job = start(fresh_bureau, work.add, a=1, b=2)
    heard.clear()
    with pytest.raises(ZeroDivisionError), bureau_context(fresh_bureau), transaction.atomic():
        job_cancel(job=job)
        job_start(actor=CHEN, job=work.add, params={"a": 1, "b": 2})
        raise ZeroDivisionError
    assert heard == []
    # The commit comes after the site was left; the hook is on it all the same.
    with transaction.atomic():
        with bureau_context(fresh_bureau):
            job_cancel(job=job)
        assert heard == []
    assert heard == [
        ("change", JobState.CANCELLED, 0, fresh_bureau.id),
        ("end", JobState.CANCELLED, 0, fresh_bureau.id),
    ]


def test_a_hook_that_fails_hurts_nobody(fresh_bureau, heard, caplog):
    def broken(_job):
        raise RuntimeError("hook")

    hooks._end.insert(0, broken)
    job = start(fresh_bureau, work.add, a=1, b=2)
    with bureau_context(fresh_bureau):
        assert run_job(job.id) == Outcome.DONE
        assert Job.objects.get(id=job.id).state == JobState.DONE
    assert heard[-1][:2] == ("end", JobState.DONE)
    assert "a hook failed" in caplog.text
