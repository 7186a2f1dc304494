import threading

import pytest
import redis
from django.db import connection, transaction

from asp.audit.actor import Actor
from asp.jobs import broker, job_start
from asp.jobs.models import Job, JobState
from asp.jobs.services import job_cancel
from tenants.context import bureau_context, host_context
from tenants.models import Doorbell

from . import work
from .waiting import CHEN, row, start


class Refused(Exception):
    pass


def bells(job):
    with host_context():
        return Doorbell.objects.filter(kind="job", ref=job.id).count()


def test_it_writes_the_row_rings_and_sends_after_the_commit(fresh_bureau):
    with bureau_context(fresh_bureau), transaction.atomic():
        job = job_start(actor=CHEN, job=work.add, params={"a": 1, "b": 2}, title_params={"a": 1, "b": 2})
        assert broker.waiting("default") == 0
    assert broker.waiting("default") == 1
    assert bells(job) == 1
    assert (job.state, job.actor_name, job.request_id) == (JobState.QUEUED, "陈若水", "r-42")
    assert job.title == "Add 1 and 2"


def test_nothing_is_left_of_a_rolled_back_start(fresh_bureau):
    with pytest.raises(Refused), bureau_context(fresh_bureau), transaction.atomic():
        job_start(actor=CHEN, job=work.add, params={"a": 1, "b": 2})
        raise Refused
    assert broker.waiting("default") == 0
    with bureau_context(fresh_bureau):
        assert not Job.objects.exists()


def test_it_does_not_mind_a_dead_queue(fresh_bureau, monkeypatch):
    def dead(*_args, **_kwargs):
        raise redis.ConnectionError("refused")

    monkeypatch.setattr(broker, "send", dead)
    job = start(fresh_bureau, work.add, a=1, b=2)
    assert row(fresh_bureau, job).state == JobState.QUEUED
    assert bells(job) == 1


def test_the_same_key_is_one_job_while_it_is_open(fresh_bureau):
    first = start(fresh_bureau, work.add, key="k", a=1, b=2)
    assert start(fresh_bureau, work.add, key="k", a=1, b=2).id == first.id
    assert start(fresh_bureau, work.add, key="other", a=1, b=2).id != first.id
    assert bells(first) == 1
    with bureau_context(fresh_bureau):
        assert job_cancel(job=first)
        assert not job_cancel(job=first)
    assert start(fresh_bureau, work.add, key="k", a=1, b=2).id != first.id


def test_twenty_clicks_at_once_are_one_job(fresh_bureau):
    found = []
    barrier = threading.Barrier(20)

    def click():
        barrier.wait(10)
        found.append(start(fresh_bureau, work.add, key="click", a=1, b=2).id)
        connection.close()

    threads = [threading.Thread(target=click) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(found) == 20
    assert len(set(found)) == 1
    assert broker.waiting("default") == 1


def test_the_same_key_in_another_bureau_is_another_job(fresh_bureau, make_bureau):
    other = make_bureau()
    assert start(fresh_bureau, work.add, key="k", a=1, b=2).id != start(other, work.add, key="k", a=1, b=2).id


def test_work_of_the_host_is_refused_in_a_bureau(fresh_bureau):
    with pytest.raises(ValueError, match="work for host"):
        start(fresh_bureau, work.for_host)
    with host_context():
        assert job_start(actor=Actor.system("console"), job=work.for_host).state == JobState.QUEUED
