"""Who may see which job."""

import uuid
from typing import TYPE_CHECKING

from django.db.models import QuerySet
from django.http import Http404

from asp.jobs.models import Job

if TYPE_CHECKING:
    from asp.accounts.models import Account

SYSTEM_DUTY = "system"


def job_for(account: "Account", job_id: uuid.UUID) -> Job:
    """Return a job of the current site that `account` started, or any for a system administrator.

    Raises Http404 for all others, whether the job exists or not.
    """
    job = Job.objects.filter(id=job_id).first()
    if job is None or not (started_by(account, job) or is_system_administrator(account)):
        raise Http404
    return job


def started_by(account: "Account", job: Job) -> bool:
    """Whether `account` asked for the job."""
    return job.actor_id is not None and job.actor_id == account.pk


def is_system_administrator(account: "Account") -> bool:
    """Whether `account` looks after the site's machinery."""
    return bool(account.is_administrator and account.duty == SYSTEM_DUTY)


def jobs_list(*, state: str = "", with_system: bool = False) -> QuerySet[Job]:
    """Return the current site's jobs, newest first; those that the system started only if asked for."""
    jobs = Job.objects.order_by("-id")
    if not with_system:
        jobs = jobs.exclude(actor_kind="system")
    if state:
        jobs = jobs.filter(state=state)
    return jobs
