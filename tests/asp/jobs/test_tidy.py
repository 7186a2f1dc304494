"""What ended long ago is forgotten; the last success of each kind is not."""

import datetime

from django.utils import timezone

from asp.jobs import tasks
from asp.jobs.models import Job, JobState
from asp.jobs.runner import Outcome, run_job
from asp.jobs.services import job_start
from tenants.context import bureau_context

from . import work
from .waiting import CHEN


def ended(state, days, spec=work.add):
    job = job_start(actor=CHEN, job=spec, params={"a": 1, "b": 2})
    moment = timezone.now() - datetime.timedelta(days=days)
    Job.objects.filter(id=job.id).update(state=state, finished_at=moment)
    return job.id


def test_it_forgets_by_state_and_age(fresh_bureau, monkeypatch):
    monkeypatch.setattr(tasks, "PORTION", 2)
    with bureau_context(fresh_bureau):
        gone = [ended(JobState.DONE, 91) for _ in range(5)]
        gone += [ended(JobState.CANCELLED, 91), ended(JobState.FAILED, 181)]
        kept = [ended(JobState.DONE, 89), ended(JobState.FAILED, 179), ended(JobState.CANCELLED, 89)]
        waiting = job_start(actor=CHEN, job=work.add, params={"a": 1, "b": 2}).id
        only = ended(JobState.DONE, 400, work.hold)
        tidy = job_start(actor=CHEN, job=tasks.tidy)
        assert run_job(tidy.id) == Outcome.DONE
        left = set(Job.objects.values_list("id", flat=True))
        assert Job.objects.get(id=tidy.id).result == {"removed": len(gone)}
    assert not left & set(gone)
    assert {*kept, waiting, only} <= left
