"""Worker processes that are killed, and a queue that forgets."""

import time

import redis
from django.conf import settings
from django.utils import timezone

from asp.jobs import broker, line, sites
from asp.jobs.models import Job, JobState
from asp.jobs.scheduler import TROUBLE, Scheduler
from tenants.context import bureau_context, host_context
from tenants.keys import uuid7
from tenants.models import Doorbell

from . import flags, work
from .waiting import row, start, until


def scheduled(condition, **kwargs):
    """Let the scheduler go round until something has happened."""
    scheduler = Scheduler()
    try:
        until(lambda: condition() or (scheduler.round() and False), **kwargs)
    finally:
        scheduler.let_go()


def test_a_worker_does_what_was_asked(fresh_bureau, workers):
    workers.start()
    job = start(fresh_bureau, work.add, a=40, b=2)
    until(lambda: row(fresh_bureau, job).state == JobState.DONE)
    assert row(fresh_bureau, job).result["sum"] == 42


def test_a_lost_queue_is_filled_again(fresh_bureau, workers):
    jobs = [start(fresh_bureau, work.add, a=1, b=number) for number in range(5)]
    redis.Redis.from_url(settings.ASP.redis_url).flushdb()
    assert broker.waiting("default") == 0
    workers.start()
    scheduled(lambda: all(row(fresh_bureau, job).state == JobState.DONE for job in jobs))
    assert [row(fresh_bureau, job).attempts for job in jobs] == [1] * 5


def test_what_was_let_in_by_a_killed_process_takes_no_place(fresh_bureau, workers):
    """Killed between the line and the queue: its jobs are under way, nobody has a message of them."""
    jobs = [start(fresh_bureau, work.add, a=1, b=number) for number in range(2 * line.MOST_OF_A_SITE)]
    client = broker.get_broker().client
    client.delete(f"{broker.NAMESPACE}:default", f"{broker.NAMESPACE}:default.msgs")
    assert client.hlen("line:default:under_way") == line.MOST_OF_A_SITE
    workers.start()
    began = time.monotonic()
    scheduled(lambda: all(row(fresh_bureau, job).state == JobState.DONE for job in jobs))
    assert time.monotonic() - began < 20, "the bureau's jobs waited for those that nobody has"
    assert [row(fresh_bureau, job).attempts for job in jobs] == [1] * len(jobs)
    until(lambda: client.hlen("line:default:under_way") == 0)


def test_a_worker_that_was_done_while_the_queue_was_away_keeps_no_place(fresh_bureau, workers):
    """Its jobs have ended, but nobody could say so to the line: the bureau's next jobs run all the same."""
    client, site = broker.get_broker().client, sites.bureau_key(fresh_bureau.id)
    for _number in range(line.MOST_OF_A_SITE):
        assert line.offer(client, "default", str(uuid7()), site)
    job = start(fresh_bureau, work.add, a=1, b=2)
    assert client.hlen(f"{broker.NAMESPACE}:default.msgs") == 0, "it was let in beyond the bureau's share"
    workers.start()
    began = time.monotonic()
    scheduled(lambda: row(fresh_bureau, job).state == JobState.DONE)
    assert time.monotonic() - began < 20
    until(lambda: client.hlen("line:default:under_way") == 0)


def test_a_killed_workers_job_runs_once_more(fresh_bureau, workers, flag):
    first = workers.start()
    job = start(fresh_bureau, work.hold, flag=flag)
    until(lambda: flags.counted(f"{flag}:begun") == 1)
    workers.kill(first)
    assert row(fresh_bureau, job).state == JobState.RUNNING
    flags.raise_flag(flag)
    workers.start()
    scheduled(lambda: row(fresh_bureau, job).state == JobState.DONE)
    assert (flags.counted(f"{flag}:begun"), flags.counted(f"{flag}:ended")) == (2, 1)
    assert row(fresh_bureau, job).attempts == 2
    assert row(fresh_bureau, job).failures == 0


def test_two_workers_and_many_messages_are_one_run(fresh_bureau, workers, flag):
    workers.start()
    workers.start()
    job = start(fresh_bureau, work.hold, flag=flag)
    until(lambda: flags.counted(f"{flag}:begun") == 1)
    for _ in range(10):
        broker.send(job.id, site_key=sites.bureau_key(fresh_bureau.id), queue="default")
    until(lambda: broker.waiting("default") == 0)
    flags.raise_flag(flag)
    until(lambda: row(fresh_bureau, job).state == JobState.DONE)
    assert flags.counted(f"{flag}:begun") == 1


def test_a_retry_comes_by_itself(fresh_bureau, workers, flag):
    workers.start()
    job = start(fresh_bureau, work.fail, flag=flag)
    scheduled(lambda: row(fresh_bureau, job).state == JobState.FAILED)
    assert flags.counted(flag) == 2


def test_the_scheduler_forgets_what_has_ended(fresh_bureau):
    job = start(fresh_bureau, work.add, a=1, b=1)
    with bureau_context(fresh_bureau):
        Job.objects.filter(id=job.id).update(state=JobState.DONE, finished_at=timezone.now())

    def forgotten():
        with host_context():
            return not Doorbell.objects.filter(ref=job.id).exists()

    scheduled(forgotten)


def test_only_one_scheduler_is_active():
    one, two = Scheduler(), Scheduler()
    try:
        assert one._is_active()
        assert not two._is_active()
        one.let_go()
        assert two._is_active()
    finally:
        one.let_go()
        two.let_go()


def test_the_scheduler_comes_back_after_its_connection_was_cut():
    from django.db import connection

    from tenants.context import owner_context

    scheduler = Scheduler()
    try:
        assert scheduler._is_active()
        with owner_context(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s)", [scheduler._lock.info.backend_pid])

        def runs_again():
            try:
                scheduler.round()
            except TROUBLE:
                scheduler.let_go()
                return False
            return True

        until(runs_again)
    finally:
        scheduler.let_go()
