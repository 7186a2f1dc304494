"""Starting and stopping background work."""

import logging
import uuid
from collections.abc import Mapping
from typing import Any, Protocol

import redis
from django.db import transaction
from django.utils import timezone

from asp.jobs import broker, hooks, registry, sites
from asp.jobs.models import OPEN_STATES, Job, JobState
from asp.jobs.registry import JobSpec
from asp.jobs.values import clean_text, jsonable
from tenants import doorbell
from tenants.context import current_site

log = logging.getLogger(__name__)

NAME_MAX = Job._meta.get_field("actor_name").max_length or 200


class ActorLike(Protocol):
    """What a job keeps of `asp.audit.actor.Actor`; audit lies above jobs, so it is described here."""

    @property
    def kind(self) -> str: ...
    @property
    def id(self) -> uuid.UUID | None: ...
    @property
    def name(self) -> str: ...
    @property
    def request_id(self) -> str: ...


@transaction.atomic
def job_start(
    *,
    actor: ActorLike,
    job: JobSpec,
    params: Mapping[str, Any] | None = None,
    title_params: Mapping[str, Any] | None = None,
    key: str = "",
    about: uuid.UUID | None = None,
    retry_of: uuid.UUID | None = None,
) -> Job:
    """Ask for background work on the current site, as part of the caller's transaction.

    With a `key` (up to 200 characters), the open job with that key is returned instead of a second
    one. `params` go to the function by name; keys and dates arrive there as strings.
    Raises ValueError if the work is not declared for this kind of site.
    """
    if not job.runs_on(current_site()):
        raise ValueError(f"{job.name} is work for {job.scope}, not for {current_site().kind}")
    site_key = sites.current_key()
    while True:
        row = Job(
            name=job.name,
            queue=job.queue,
            title_params=jsonable(dict(title_params or {})),
            params=jsonable(dict(params or {})),
            about=about,
            retry_of=retry_of,
            key=key,
            actor_kind=actor.kind,
            actor_id=actor.id,
            actor_name=clean_text(actor.name)[:NAME_MAX],
            request_id=actor.request_id,
            max_attempts=job.attempts,
        )
        # Two at once: the second waits here for the first one's transaction, then finds its row.
        Job.objects.bulk_create([row], ignore_conflicts=True)
        if not key or Job.objects.filter(id=row.id).exists():
            break
        known = Job.objects.filter(key=key, state__in=OPEN_STATES).first()
        if known is not None:
            return known
    doorbell.ring("job", row.id)
    hooks.changed(row)
    transaction.on_commit(lambda: send_quietly(row.id, site_key=site_key, queue=row.queue))
    return row


@transaction.atomic
def job_cancel(*, job: Job) -> bool:
    """Cancel an open job; a running one stops at its next progress. Return whether it was still open."""
    row = Job.objects.select_for_update().filter(id=job.id, state__in=OPEN_STATES).first()
    if row is None:
        return False
    row.state, row.finished_at = JobState.CANCELLED, timezone.now()
    row.save(update_fields=["state", "finished_at"])
    hooks.ended(row)
    return True


def send_quietly(job_id: uuid.UUID, *, site_key: str, queue: str) -> bool:
    """Send a job's id to its queue; if Valkey does not answer, the doorbell stays and the sweep sends it."""
    try:
        broker.send(job_id, site_key=site_key, queue=queue)
    except (redis.RedisError, OSError) as error:
        log.warning("job %s stays with the sweep: the queue does not answer: %s", job_id, error)
        return False
    return True


def job_named(name: str) -> JobSpec:
    """Return a declared job by name, for callers that must not import the module it is in."""
    return registry.find(name)
