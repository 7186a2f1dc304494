"""What people do with background work: cancel, try again, start before its time. Each is written down."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from asp.audit.actor import Actor
from asp.audit.services import record
from asp.jobs import registry
from asp.jobs.clock import periodic_key
from asp.jobs.models import OPEN_STATES, Job, JobState
from asp.jobs.registry import JobSpec
from asp.jobs.services import job_cancel, job_start
from asp.ui.errors import Conflict
from tenants.context import current_site


class NotCancellable(Conflict):
    code = "jobs.not_cancellable"
    message = _("This task cannot be cancelled: it is over, or other work depends on its end.")


class NotRetryable(Conflict):
    code = "jobs.not_retryable"
    message = _("This task cannot be started again: it has not failed, or it is not made for that.")


class NotByHand(Conflict):
    code = "jobs.not_by_hand"
    message = _("The system does this by itself only.")


def may_cancel(job: Job) -> bool:
    """Whether a job that may be seen may be cancelled."""
    spec = _spec(job)
    return spec is not None and spec.cancellable and job.is_open


def may_retry(job: Job) -> bool:
    """Whether a job that may be seen may be asked for once more."""
    spec = _spec(job)
    return (
        spec is not None
        and spec.retryable
        and job.state == JobState.FAILED
        and spec.runs_on(current_site())
        and not Job.objects.filter(retry_of=job.id).exists()
    )


@transaction.atomic
def job_cancel_by(*, actor: Actor, job: Job) -> None:
    """Cancel an open job in the name of `actor`. Raises NotCancellable."""
    if not may_cancel(job) or not job_cancel(job=job):
        raise NotCancellable
    _record(actor, "jobs.job_cancelled", job)


@transaction.atomic
def job_retry(*, actor: Actor, job: Job) -> Job:
    """Ask for a failed job once more: a new one, with a link to the old. Raises NotRetryable.

    Pressed twice, or by two people: the first one's, while it is open. It runs in the name of `actor`.
    """
    job = Job.objects.select_for_update().get(id=job.id)
    follower = Job.objects.filter(retry_of=job.id, state__in=OPEN_STATES).first()
    if follower is not None:
        return follower
    spec = _spec(job)
    if spec is None or not may_retry(job):
        raise NotRetryable
    again = job_start(
        actor=actor,
        job=spec,
        params=job.params,
        title_params=job.title_params,
        key=job.key,
        about=job.about,
        retry_of=job.id,
    )
    _record(actor, "jobs.job_retried", job)
    return again


@transaction.atomic
def job_run_by_hand(*, actor: Actor, spec: JobSpec) -> Job:
    """Start a periodic job of the current site now; the one that is open if there is one. Raises NotByHand."""
    if spec.every is None or not spec.by_hand or not spec.runs_on(current_site()):
        raise NotByHand
    key = periodic_key(spec)
    under_way = Job.objects.filter(key=key, state__in=OPEN_STATES).first()
    if under_way is not None:
        return under_way
    job = job_start(actor=actor, job=spec, key=key)
    _record(actor, "jobs.job_run_by_hand", job)
    return job


def _spec(job: Job) -> JobSpec | None:
    try:
        return registry.find(job.name)
    except registry.UnknownJobError:
        return None


def _record(actor: Actor, action: str, job: Job) -> None:
    record(
        actor=actor,
        action=action,
        target_kind="jobs.job",
        target_id=job.id,
        params={"job": job.name},
    )
