"""A job that kills its worker every time is given up, with the reason in words, and takes nobody with it."""

import threading

import pytest
from django.db import connection
from django.utils import translation

from asp.jobs.locks import job_locks
from asp.jobs.models import Job, JobState
from asp.jobs.runner import MOST_VANISHED, SUSPECT, SUSPECTS, Outcome, run_job
from tenants.context import bureau_context

from . import flags, work
from .test_worker import scheduled
from .waiting import row, start


def test_real_workers_die_and_others_are_served(fresh_bureau, make_bureau, workers, flag):
    other = make_bureau()
    poison = start(fresh_bureau, work.poison, flag=flag)
    beside = [start(bureau, work.nap) for bureau in (fresh_bureau, other) for _ in range(3)]
    # Long enough to be running whenever a worker dies, if it may.
    innocent = start(other, work.nap_long)

    def over():
        # As infra's supervisor does: a worker that has ended is replaced.
        for process in list(workers.running):
            if process.poll() is not None:
                workers.running.remove(process)
        if not workers.running:
            workers.start()
        return not row(fresh_bureau, poison).is_open and not row(other, innocent).is_open

    scheduled(over, seconds=180)
    job = row(fresh_bureau, poison)
    assert (job.state, job.error_code) == (JobState.FAILED, "jobs.worker_vanished")
    assert (flags.counted(flag), job.attempts) == (MOST_VANISHED, MOST_VANISHED)
    with translation.override("en"):
        assert "stopped several times" in job.error
    with translation.override("zh-hans"):
        assert "多次中断" in job.error
    scheduled(lambda: all(row(fresh_bureau, each).state == JobState.DONE for each in beside[:3]))
    scheduled(lambda: all(row(other, each).state == JobState.DONE for each in beside[3:]))
    assert row(other, innocent).state == JobState.DONE
    assert row(other, innocent).vanished <= SUSPECT + 1  # its last run, which succeeded, counts


def suspect(bureau):
    job = start(bureau, work.add, a=1, b=2)
    with bureau_context(bureau):
        Job.objects.filter(id=job.id).update(state=JobState.RUNNING, attempts=SUSPECT)
    return job


def in_thread(call):
    found = []

    def run():
        found.append(call())
        connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(20)
    return found[0]


def test_two_suspects_do_not_run_side_by_side(fresh_bureau, make_bureau):
    job, other = suspect(fresh_bureau), make_bureau()
    fresh = start(other, work.add, a=1, b=2)
    assert job_locks.acquire(SUSPECTS)  # one is running
    try:
        with bureau_context(fresh_bureau):
            assert in_thread(lambda: _run(fresh_bureau, job)) == Outcome.BUSY
        assert row(fresh_bureau, job).attempts == SUSPECT, "waiting for its turn costs no attempt"
        assert _run(other, fresh) == Outcome.DONE, "who is not suspected does not wait"
    finally:
        job_locks.release(SUSPECTS)
    assert _run(fresh_bureau, job) == Outcome.DONE
    assert not job_locks.holds(SUSPECTS)


def _run(bureau, job):
    with bureau_context(bureau):
        return run_job(job.id)


@pytest.mark.parametrize("end", ["refuse", "fail"])
def test_the_turn_is_given_back_however_it_ends(fresh_bureau, flag, end):
    params = {"name": "x"} if end == "refuse" else {"flag": flag}
    job = start(fresh_bureau, getattr(work, end), **params)
    with bureau_context(fresh_bureau):
        Job.objects.filter(id=job.id).update(state=JobState.RUNNING, attempts=SUSPECT)
    assert _run(fresh_bureau, job) in (Outcome.FAILED, Outcome.RETRY)
    assert not job_locks.holds(SUSPECTS)
