"""Open deadlines follow the calendar: one job for each site, each move written down."""

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from asp.audit.actor import Actor
from asp.audit.services import record
from asp.jobs import job_start
from asp.jobs.models import Job
from asp.jobs.registry import find
from asp.jobs.services import ActorLike
from asp.workdays import reasons
from asp.workdays.current import Versioned, versioned_for_site, wait_for_writers
from asp.workdays.deadlines import Changed, DeadlineMoved, sources
from asp.workdays.models import DeadlineChange, State
from asp.workdays.national.models import Change


@dataclass(frozen=True, slots=True)
class Pending:
    """What the open deadlines of a site do not follow yet: local changes and those of the country."""

    local: int
    national: int
    spans: list[Changed]
    why: list[dict[str, Any]]


def recompute_start(*, actor: ActorLike) -> Job:
    """Ask for the job of the current site, in the transaction of the change.

    Its key is the version of the calendar: what changes while a job runs gets one of its own.
    """
    version = versioned_for_site().version
    return job_start(
        actor=actor,
        job=find("workdays.recompute"),
        key=f"workdays.recompute:{version.national}:{version.local}",
    )


def recompute_site(*, actor: Actor, progress: Callable[[int, int], None] = lambda _done, _total: None) -> int:
    """Recompute the open deadlines of the current site for all that changed; return how many moved.

    Runs outside a transaction; each function's deadlines move in one. What is repeated changes nothing. Raises
    StillComputing if a transaction that computes deadlines does not end.
    """
    wait_for_writers(check=lambda: progress(0, 0))
    pending = _pending()
    if not pending.spans:
        return 0
    current = versioned_for_site()
    changed = Changed.over(pending.spans)
    moved = 0
    found = sources()
    for number, (code, recompute) in enumerate(found):
        progress(number, len(found))
        moved += _recompute_one(actor, code, recompute, current, changed, pending.why)
    _mark(pending)
    progress(len(found), len(found))
    return moved


@transaction.atomic
def _recompute_one(
    actor: Actor,
    code: str,
    recompute: Callable[..., Iterable[DeadlineMoved]],
    current: Versioned,
    changed: Changed,
    why: list[dict[str, Any]],
) -> int:
    moves = [each for each in recompute(calendar=current.calendar, changed=changed) if each.old != each.new]
    DeadlineChange.objects.bulk_create(
        [
            DeadlineChange(
                kind=each.kind,
                object_id=each.object_id,
                old_due=each.old,
                new_due=each.new,
                provisional=each.provisional,
                reasons=why,
            )
            for each in moves
        ],
        batch_size=500,
    )
    if moves:
        record(
            actor=actor,
            action="workdays.deadlines_moved",
            target_kind="workdays.function",
            target_name=code,
            params={"count": len(moves), "function": code, "first": changed.first, "last": changed.last},
        )
    return len(moves)


def _pending() -> Pending:
    state = State.objects.first() or State()
    spans = [
        Changed(datetime.date.fromisoformat(each["first"]), datetime.date.fromisoformat(each["last"]))
        for each in state.pending
    ]
    why = [each["reason"] for each in state.pending]
    national = state.applied
    for each in Change.objects.filter(number__gt=state.applied).order_by("number"):
        spans.append(Changed(each.first, each.last))
        why.append(reasons.reason(reasons.COUNTRY, year=each.year, notice=each.notice))
        national = each.number
    return Pending(len(state.pending), national, spans, why)


@transaction.atomic
def _mark(pending: Pending) -> None:
    """Note what is done; what came in the meantime stands behind it and stays."""
    State.objects.get_or_create()
    state = State.objects.select_for_update().get()
    if pending.national > state.applied:
        state.applied = pending.national
    state.pending = state.pending[pending.local :]
    state.save(update_fields=["applied", "pending"])
