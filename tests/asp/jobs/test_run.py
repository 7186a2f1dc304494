"""One attempt, in this process."""

import datetime
import threading

import pytest
from django.db import connection
from django.utils import timezone, translation

from asp.jobs import broker, sites
from asp.jobs.locks import job_lock_key, job_locks, open_connection
from asp.jobs.models import Job, JobState
from asp.jobs.runner import ATTEMPTS_WHILE_UNAVAILABLE, MOST_VANISHED, Outcome, run_job
from asp.jobs.services import job_cancel
from tenants.context import NOBODY, bureau_context, current_context, host_context, owner_context
from tenants.models import Bureau, BureauState, Doorbell

from . import flags, work
from .waiting import row, start, until


def run(bureau, job):
    with bureau_context(bureau):
        return run_job(job.id)


def receive(bureau, job, **changes):
    values = {"site_key": sites.bureau_key(bureau.id), "queue": "default", "job_id": str(job.id)} | changes
    signature = values.pop("signature", None) or broker.sign(
        job.id, site_key=sites.bureau_key(bureau.id), queue="default"
    )
    broker.receive(values["job_id"], values["site_key"], signature, queue=values["queue"])


def test_it_stores_the_result_and_forgets_the_doorbell(fresh_bureau):
    job = start(fresh_bureau, work.add, a=1, b=2)
    assert run(fresh_bureau, job) == Outcome.DONE
    job = row(fresh_bureau, job)
    assert job.state == JobState.DONE
    assert job.result == {"sum": 3, "key": f"b:{fresh_bureau.id}:x", "by": "陈若水"}
    assert (job.progress_done, job.progress_total, job.attempts) == (1, 1, 1)
    with host_context():
        assert not Doorbell.objects.filter(ref=job.id).exists()
    assert run(fresh_bureau, job) == Outcome.OVER


def test_a_refusal_is_kept_as_words(fresh_bureau):
    job = start(fresh_bureau, work.refuse, name="x")
    assert run(fresh_bureau, job) == Outcome.FAILED
    job = row(fresh_bureau, job)
    assert (job.error_code, job.error_text, job.attempts) == ("tests.refused", "No tasks", 1)
    assert job.error_params["name"] == "x"
    with translation.override("en"):
        assert job.error == "No tasks"


def test_work_whose_storage_is_away_waits_for_it(fresh_bureau):
    """More patiently than for a bug, but not for ever; who wants one attempt has one."""
    job = start(fresh_bureau, work.store_away)
    for _attempt in range(1, ATTEMPTS_WHILE_UNAVAILABLE):
        assert run(fresh_bureau, job) == Outcome.RETRY
        with bureau_context(fresh_bureau):
            Job.objects.filter(id=job.id).update(run_after=timezone.now())
    assert run(fresh_bureau, job) == Outcome.FAILED
    assert row(fresh_bureau, job).error_code == "tests.store_away"
    assert run(fresh_bureau, start(fresh_bureau, work.store_away_once)) == Outcome.FAILED


def test_a_bug_is_tried_again_later_then_told(fresh_bureau, flag):
    job = start(fresh_bureau, work.fail, flag=flag)
    assert run(fresh_bureau, job) == Outcome.RETRY
    assert run(fresh_bureau, job) == Outcome.EARLY
    waiting = row(fresh_bureau, job)
    assert waiting.state == JobState.QUEUED
    assert waiting.run_after > timezone.now()
    with bureau_context(fresh_bureau):
        Job.objects.filter(id=job.id).update(run_after=timezone.now())
    assert run(fresh_bureau, job) == Outcome.FAILED
    job = row(fresh_bureau, job)
    assert (job.failures, job.error_code, flags.counted(flag)) == (2, "jobs.internal", 2)
    with translation.override("en"):
        assert "r-42" in job.error
        assert "bug" not in job.error


def test_a_job_that_kills_its_workers_is_given_up(fresh_bureau):
    job = start(fresh_bureau, work.add, a=1, b=2)
    with bureau_context(fresh_bureau):
        Job.objects.filter(id=job.id).update(state=JobState.RUNNING, attempts=MOST_VANISHED)
    assert run(fresh_bureau, job) == Outcome.FAILED
    assert row(fresh_bureau, job).error_code == "jobs.worker_vanished"


def test_work_that_the_code_does_not_know_fails(fresh_bureau):
    job = start(fresh_bureau, work.add, a=1, b=2)
    with bureau_context(fresh_bureau):
        Job.objects.filter(id=job.id).update(name="tests.of_yesterday")
    assert run(fresh_bureau, job) == Outcome.FAILED
    job = row(fresh_bureau, job)
    assert job.error_code == "jobs.unknown"
    assert job.title == "tests.of_yesterday"


def in_thread(bureau, job):
    outcome = []

    def work_on():
        with bureau_context(bureau):
            outcome.append(run_job(job.id))
        connection.close()

    thread = threading.Thread(target=work_on)
    thread.start()
    return thread, outcome


def test_progress_is_seen_while_the_jobs_transaction_is_open(fresh_bureau, flag):
    job = start(fresh_bureau, work.in_transaction, flag=flag)
    thread, outcome = in_thread(fresh_bureau, job)
    until(lambda: row(fresh_bureau, job).progress_done == 3)
    assert row(fresh_bureau, job).progress_total == 7
    flags.raise_flag(flag)
    thread.join(20)
    assert outcome == [Outcome.DONE]


def test_nobody_else_can_take_a_running_job(fresh_bureau, flag):
    job = start(fresh_bureau, work.hold, flag=flag)
    thread, outcome = in_thread(fresh_bureau, job)
    until(lambda: flags.counted(f"{flag}:begun"))
    assert run(fresh_bureau, job) == Outcome.BUSY
    flags.raise_flag(flag)
    thread.join(20)
    assert outcome == [Outcome.DONE]
    assert row(fresh_bureau, job).attempts == 1


def test_a_cancelled_job_stops_at_its_next_progress(fresh_bureau, flag):
    job = start(fresh_bureau, work.stop_at_progress, flag=flag)
    thread, outcome = in_thread(fresh_bureau, job)
    until(lambda: flags.counted(f"{flag}:begun"))
    with bureau_context(fresh_bureau):
        assert job_cancel(job=job)
    thread.join(20)
    assert outcome == [Outcome.STOPPED]
    assert row(fresh_bureau, job).state == JobState.CANCELLED


def test_a_message_enters_its_bureau_and_leaves_nothing(fresh_bureau):
    job = start(fresh_bureau, work.add, a=2, b=2)
    receive(fresh_bureau, job)
    assert row(fresh_bureau, job).result["key"] == f"b:{fresh_bureau.id}:x"
    assert current_context() is NOBODY


@pytest.mark.parametrize(
    "change",
    [
        lambda _other: {"signature": "x"},
        lambda other: {"site_key": sites.bureau_key(other.id)},
        lambda _other: {"site_key": "host"},
        lambda _other: {"queue": "provisioning"},
        lambda _other: {"job_id": "01900000-0000-7000-8000-000000000000"},
        lambda _other: {"job_id": "'; DROP TABLE x"},
    ],
    ids=["signature", "other bureau", "host", "queue", "job", "rubbish"],
)
def test_a_forged_context_is_refused(fresh_bureau, make_bureau, change, caplog):
    job = start(fresh_bureau, work.add, a=2, b=2)
    other = make_bureau()
    receive(fresh_bureau, job, **change(other))
    assert row(fresh_bureau, job).attempts == 0
    assert "refused" in caplog.text


def test_a_site_that_does_not_exist_is_refused(fresh_bureau, caplog):
    job = start(fresh_bureau, work.add, a=2, b=2)
    key = "b:01900000-0000-7000-8000-000000000000"
    receive(fresh_bureau, job, site_key=key, signature=broker.sign(job.id, site_key=key, queue="default"))
    assert "there is no site" in caplog.text


def test_nothing_runs_in_a_bureau_under_maintenance(fresh_bureau):
    job = start(fresh_bureau, work.add, a=2, b=2)
    with host_context():
        Bureau.objects.filter(id=fresh_bureau.id).update(state=BureauState.MAINTENANCE)
    receive(fresh_bureau, job)
    assert row(fresh_bureau, job).attempts == 0
    with host_context():
        Bureau.objects.filter(id=fresh_bureau.id).update(state=BureauState.ACTIVE)
    receive(fresh_bureau, job)
    assert row(fresh_bureau, job).state == JobState.DONE


def test_a_late_attempt_cannot_overwrite_its_successor(fresh_bureau, flag):
    job = start(fresh_bureau, work.hold, flag=flag)
    thread, outcome = in_thread(fresh_bureau, job)
    until(lambda: flags.counted(f"{flag}:begun"))
    with bureau_context(fresh_bureau):
        Job.objects.filter(id=job.id).update(
            attempts=2, heartbeat_at=timezone.now() + datetime.timedelta(seconds=1)
        )
    flags.raise_flag(flag)
    thread.join(20)
    assert outcome == [Outcome.STOPPED]
    assert row(fresh_bureau, job).state == JobState.RUNNING


def test_locks_are_taken_again_after_the_connection_was_cut(fresh_bureau, flag):
    job = start(fresh_bureau, work.hold, flag=flag)
    thread, outcome = in_thread(fresh_bureau, job)
    until(lambda: flags.counted(f"{flag}:begun"))
    cut = job_locks._raw.info.backend_pid
    with owner_context(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [cut])
    until(
        lambda: (
            job_locks._raw is not None
            and not job_locks._raw.closed
            and job_locks._raw.info.backend_pid != cut
        )
    )
    assert job_locks.holds(job.id)
    assert not free(job)
    flags.raise_flag(flag)
    thread.join(20)
    assert outcome == [Outcome.DONE]
    assert free(job)


def test_a_job_taken_over_meanwhile_is_not_taken_back(fresh_bureau, flag):
    job = start(fresh_bureau, work.stop_at_progress, flag=flag)
    thread, outcome = in_thread(fresh_bureau, job)
    until(lambda: flags.counted(f"{flag}:begun"))
    other = open_connection()
    with job_locks._mutex:  # so that this process cannot be faster
        with owner_context(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [job_locks._raw.info.backend_pid])
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [job_lock_key(job.id)])
            assert cursor.fetchone()[0]
    thread.join(20)
    other.close()
    assert outcome == [Outcome.STOPPED]


def test_what_is_done_is_not_done_again_because_the_connection_died(fresh_bureau, flag):
    job = start(fresh_bureau, work.lose_connection, flag=flag)
    assert run(fresh_bureau, job) == Outcome.DONE
    assert (row(fresh_bureau, job).state, flags.counted(flag)) == (JobState.DONE, 1)


def free(job):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [job_lock_key(job.id)])
        got = cursor.fetchone()[0]
        if got:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [job_lock_key(job.id)])
    return got
