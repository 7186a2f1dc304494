"""Starting a self-test, and keeping what came of it."""

import datetime
import uuid
from collections import Counter
from collections.abc import Iterable, Sequence

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from asp.accounts.models import Account, Duty
from asp.assurance.models import Run
from asp.assurance.runner import Result
from asp.assurance.software import fingerprint
from asp.audit.actor import Actor
from asp.audit.services import record
from asp.jobs import job_start
from asp.jobs.clock import periodic_key
from asp.jobs.models import OPEN_STATES, Job
from asp.jobs.services import job_named
from asp.jobs.texts import source_text
from asp.jobs.values import jsonable
from asp.live import audiences
from asp.live.services import publish
from asp.notify.services import announce
from tenants.isolation.registry import Outcome

SELF_TEST = "assurance.self_test"
EVENT = "assurance"
BROKEN = "assurance.broken"


@transaction.atomic
def self_test_start(*, actor: Actor) -> Job:
    """Ask for a self-test of the current bureau; the one under way if there is one."""
    spec = job_named(SELF_TEST)
    key = periodic_key(spec)
    under_way = Job.objects.filter(key=key, state__in=OPEN_STATES).first()
    if under_way is not None:
        return under_way
    job = job_start(actor=actor, job=spec, key=key)
    start_record(actor=actor)
    publish(kind=EVENT, to=[audiences.duty(Duty.AUDIT)])
    return job


def start_record(*, actor: Actor) -> None:
    """Put the start on record, in the caller's transaction."""
    record(actor=actor, action="assurance.started")


@transaction.atomic
def run_store(
    *, actor: Actor, run_id: uuid.UUID, started_at: datetime.datetime, results: Sequence[Result]
) -> Run:
    """Keep the results of one self-test, put them on record, and tell whoever has to know of something broken.

    What was stored under `run_id` before stays and is returned.
    """
    known = Run.objects.filter(pk=run_id).first()
    if known is not None:
        return known
    counts = Counter(each.finding.outcome for each in results)
    numbers = {
        "held": counts[Outcome.HELD],
        "broken": counts[Outcome.BROKEN],
        "not_tried": counts[Outcome.NOT_TRIED],
    }
    run = Run(
        id=run_id,
        started_at=started_at,
        finished_at=timezone.now(),
        actor_kind=actor.kind,
        actor_id=actor.id,
        actor_name=actor.name,
        software=fingerprint(),
        results=[_stored(each) for each in results],
        **numbers,
    )
    run.save(force_insert=True)
    record(
        actor=actor,
        action=BROKEN if run.broken else "assurance.held",
        target_kind="assurance.run",
        target_id=run.pk,
        params={**numbers, "probes": [each.probe.code for each in results if _is_broken(each)]},
    )
    if run.broken:
        _tell(run)
    publish(kind=EVENT, to=[audiences.duty(Duty.AUDIT)])
    return run


def _is_broken(result: Result) -> bool:
    return result.finding.outcome == Outcome.BROKEN


def _stored(result: Result) -> dict[str, object]:
    probe, finding = result.probe, result.finding
    return {
        "probe": probe.code,
        "control": probe.control,
        "outcome": finding.outcome.value,
        "text": source_text(finding.text),
        "params": jsonable(dict(finding.params)),
    }


def _tell(run: Run) -> None:
    """The page is the audit administrator's alone; the system administrator is told that there is something."""
    page = reverse("assurance:detail", urlconf=settings.URL_TABLES["bureau"], args=[run.pk])
    for duty, url in ((Duty.AUDIT, page), (Duty.SYSTEM, "")):
        announce(kind=BROKEN, to=_holders([duty]), params={"broken": run.broken}, url=url, about=run.pk)


def _holders(duties: Iterable[str]) -> list[uuid.UUID]:
    return list(Account.objects.administrators().filter(duty__in=duties).values_list("pk", flat=True))
