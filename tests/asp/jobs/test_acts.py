"""Cancelling, trying again, starting before its time: who may, what follows, what is written down."""

import threading

import pytest
from django.db import connection

from asp.audit.models import Entry
from asp.jobs import acts, registry
from asp.jobs.clock import start_periodic
from asp.jobs.models import Job, JobState
from asp.jobs.runner import Outcome, run_job
from tenants.context import bureau_context

from . import work
from .test_clock import tick
from .waiting import CHEN, row, start


def failed(bureau, spec, **params):
    job = start(bureau, spec, key="k", **params)
    with bureau_context(bureau):
        Job.objects.filter(id=job.id).update(state=JobState.FAILED, error_code="jobs.internal")
    return row(bureau, job)


def written(bureau, action):
    with bureau_context(bureau):
        return list(Entry.objects.filter(action=action).values_list("target_id", "actor_name", "params"))


def test_what_may_be_cancelled_is(fresh_bureau, flag):
    job = start(fresh_bureau, work.hold, flag=flag)
    with bureau_context(fresh_bureau):
        acts.job_cancel_by(actor=CHEN, job=job)
        assert run_job(job.id) == Outcome.OVER
        with pytest.raises(acts.NotCancellable):
            acts.job_cancel_by(actor=CHEN, job=row(fresh_bureau, job))
    assert row(fresh_bureau, job).state == JobState.CANCELLED
    assert written(fresh_bureau, "jobs.job_cancelled") == [(job.id, "陈若水", {"job": "tests.hold"})]


def test_what_others_wait_for_is_not_cancelled(fresh_bureau):
    job = start(fresh_bureau, work.add, a=1, b=2)
    with bureau_context(fresh_bureau), pytest.raises(acts.NotCancellable):
        acts.job_cancel_by(actor=CHEN, job=job)
    assert row(fresh_bureau, job).state == JobState.QUEUED
    assert written(fresh_bureau, "jobs.job_cancelled") == []


def test_a_failed_job_is_asked_for_once_more(fresh_bureau):
    job = failed(fresh_bureau, work.add, a=1, b=2)
    with bureau_context(fresh_bureau):
        again = acts.job_retry(actor=CHEN, job=job)
        assert acts.job_retry(actor=CHEN, job=job).id == again.id
        assert (again.retry_of, again.params, again.key) == (job.id, {"a": 1, "b": 2}, "k")
        assert run_job(again.id) == Outcome.DONE
        with pytest.raises(acts.NotRetryable):
            acts.job_retry(actor=CHEN, job=job)
    assert row(fresh_bureau, job).state == JobState.FAILED, "what failed stays on record"
    assert len(written(fresh_bureau, "jobs.job_retried")) == 1


def test_twenty_retries_at_once_are_one(fresh_bureau):
    job = failed(fresh_bureau, work.add, a=1, b=2)
    found, barrier = [], threading.Barrier(20)

    def click():
        barrier.wait(10)
        with bureau_context(fresh_bureau):
            found.append(acts.job_retry(actor=CHEN, job=job).id)
        connection.close()

    threads = [threading.Thread(target=click) for _ in range(20)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(20)
    assert len(found) == 20
    assert len(set(found)) == 1
    assert len(written(fresh_bureau, "jobs.job_retried")) == 1


@pytest.mark.parametrize("state", [JobState.QUEUED, JobState.DONE, JobState.CANCELLED])
def test_only_what_failed_is_tried_again(fresh_bureau, state):
    job = start(fresh_bureau, work.add, a=1, b=2)
    with bureau_context(fresh_bureau):
        Job.objects.filter(id=job.id).update(state=state)
        with pytest.raises(acts.NotRetryable):
            acts.job_retry(actor=CHEN, job=job)


def test_what_wants_one_attempt_only_is_not_tried_again(fresh_bureau):
    job = failed(fresh_bureau, work.store_away_once)
    with bureau_context(fresh_bureau), pytest.raises(acts.NotRetryable):
        acts.job_retry(actor=CHEN, job=job)


def test_the_declarations_of_real_work():
    """Whoever adds to these has thought about what waits for the work's end."""
    registry.load()
    real = [spec for spec in registry._specs.values() if not spec.name.startswith("tests.")]
    assert {spec.name for spec in real if spec.cancellable} == {
        "assurance.self_test",
        "audit.export",
        "audit.verify",
        "documents.register_export",
        "organization.import_check",
        "organization.import_run",
        "workflow.simulate",
    }
    assert {spec.name for spec in real if not spec.retryable and spec.every is None} == {
        "organization.import_run",
        "provisioning.open_bureau",
        "provisioning.upgrade_bureau",
        "provisioning.upgrade_fleet",
        "workflow.service",
    }


def test_periodic_work_by_hand_is_one_with_the_schedulers(fresh_bureau):
    spec = registry.find(tick.name)
    with bureau_context(fresh_bureau):
        job = acts.job_run_by_hand(actor=CHEN, spec=spec)
        assert acts.job_run_by_hand(actor=CHEN, spec=spec).id == job.id
        assert start_periodic(spec, since=job.created_at) == 0
        with pytest.raises(acts.NotByHand):
            acts.job_run_by_hand(actor=CHEN, spec=work.add)
    assert len(written(fresh_bureau, "jobs.job_run_by_hand")) == 1
