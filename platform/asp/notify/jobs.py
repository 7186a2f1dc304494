"""Who started a longer task is told how it ended."""

import datetime
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.urls import reverse

from asp.jobs import registry
from asp.jobs.models import Job, JobState
from asp.jobs.values import fill
from asp.notify.services import announce
from tenants.context import current_site

# Shorter than that, they are still looking at it.
LONG = datetime.timedelta(seconds=5)


def job_ended(job: Job) -> None:
    """Tell the person that started `job`, if it failed or took its time."""
    if job.actor_id is None or job.state == JobState.CANCELLED:
        return
    failed = job.state == JobState.FAILED
    waited = (job.finished_at or job.created_at) - job.created_at
    if failed or waited >= LONG:
        table = settings.URL_TABLES[current_site().kind]
        announce(
            kind="jobs.failed" if failed else "jobs.done",
            to=[job.actor_id],
            params={"job": job.name, "of": job.title_params},
            url=reverse("jobs:detail", urlconf=table, args=[job.id]),
            about=job.id,
            key=f"job:{job.id}",
        )


def words(params: Mapping[str, Any]) -> Mapping[str, Any]:
    """The title of the job for its stored name."""
    try:
        title = registry.find(params["job"]).title
    except (KeyError, registry.UnknownJobError):
        return params
    return {"job": fill(title, params.get("of") or {})}
