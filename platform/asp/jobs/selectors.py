"""Who may see which job, and what is told of all of them."""

import datetime
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, Min, QuerySet
from django.http import Http404
from django.utils import timezone

from asp.jobs import clock, registry, texts
from asp.jobs.models import Job
from tenants.models import Bureau, Doorbell
from tenants.site import Site

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


def jobs_list(*, state: str = "", kind: str = "", with_system: bool = False) -> QuerySet[Job]:
    """Return the current site's jobs, newest first; those that the system started only if asked for."""
    jobs = Job.objects.order_by("-id")
    if not with_system:
        jobs = jobs.exclude(actor_kind="system")
    if state:
        jobs = jobs.filter(state=state)
    if kind:
        jobs = jobs.filter(name=kind)
    return jobs


def kinds() -> list[tuple[str, str]]:
    """The kinds of work that were done here and are still known, by title."""
    names = Job.objects.order_by().values_list("name", flat=True).distinct()
    return sorted(((name, texts.kind_title(name)) for name in names), key=lambda pair: pair[1])


def follower_of(job: Job) -> Job | None:
    """The job that was asked for because this one had failed."""
    return Job.objects.filter(retry_of=job.id).order_by("id").last()


@dataclass(frozen=True, slots=True)
class Regular:
    """Work that the system does by itself on one site."""

    name: str
    title: str
    period: str
    last: Job | None
    next_at: datetime.datetime
    by_hand: bool


def regular(site: Site) -> list[Regular]:
    """Everything that is done regularly on `site`, which is the current one."""
    specs = [spec for spec in registry.specs_on(site) if spec.every is not None]
    latest = (
        Job.objects.filter(name__in=[spec.name for spec in specs]).order_by("name", "-id").distinct("name")
    )
    last = {job.name: job for job in latest}
    now = timezone.now()
    lines = [
        Regular(
            spec.name,
            texts.kind_title(spec.name),
            texts.period_text(spec.every or datetime.timedelta()),
            last.get(spec.name),
            clock.next_run(spec, moment=now, bureau=site.bureau),
            spec.by_hand,
        )
        for spec in specs
    ]
    return sorted(lines, key=lambda line: line.title)


@dataclass(frozen=True, slots=True)
class OpenWork:
    """How much of one office's work has not ended."""

    bureau: Bureau | None
    count: int
    since: datetime.datetime


def open_by_office() -> list[OpenWork]:
    """Offices with open work, the one that has waited longest first. Host context; counts doorbells."""
    rows = (
        Doorbell.objects.filter(kind="job", bureau_id__isnull=False)
        .values("bureau_id")
        .annotate(count=Count("id"), since=Min("rung_at"))
        .order_by("since")
    )
    bureaus = Bureau.objects.in_bulk([row["bureau_id"] for row in rows])
    return [OpenWork(bureaus.get(row["bureau_id"]), row["count"], row["since"]) for row in rows]
