"""The audit log's public door: `record`, in the transaction of the act itself; `record_many` for several."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone

from asp.audit import actions
from asp.audit.actor import Actor
from asp.audit.models import Entry
from asp.jobs.values import clean_text, jsonable
from tenants import doorbell

NAME_MAX = Entry._meta.get_field("actor_name").max_length or 200
TARGET_MAX = Entry._meta.get_field("target_name").max_length or 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One act to be written down; see `record`."""

    actor: Actor
    action: str
    target_kind: str = ""
    target_id: uuid.UUID | None = None
    target_name: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)


def record(
    *,
    actor: Actor,
    action: str,
    target_kind: str = "",
    target_id: uuid.UUID | None = None,
    target_name: str = "",
    params: Mapping[str, Any] | None = None,
) -> Entry:
    """Write one entry of the audit log (审计日志) into the current transaction, and wake the sealer.

    `params` fill the action's sentence; values that are not JSON (keys, dates, lazy texts) become
    strings. Raises `actions.UnknownActionError` for an action that no app has registered: without a
    sentence nobody could read the entry.
    """
    act = Act(
        actor=actor,
        action=action,
        target_kind=target_kind,
        target_id=target_id,
        target_name=target_name,
        params=params or {},
    )
    return record_many([act])[0]


@transaction.atomic(savepoint=False)
def record_many(acts: Iterable[Act]) -> list[Entry]:
    """Write several entries, in the order of their acts, with two statements. Raises as `record`."""
    entries = Entry.objects.bulk_create([_entry(act) for act in acts])
    doorbell.ring_many("audit", [entry.id for entry in entries])
    return entries


def _entry(act: Act) -> Entry:
    if not actions.is_registered(act.action):
        raise actions.UnknownActionError(f"{act.action} is not registered in any audit_actions.py")
    return Entry(
        occurred_at=timezone.now(),
        actor_kind=act.actor.kind,
        actor_id=act.actor.id,
        actor_name=clean_text(act.actor.name)[:NAME_MAX],
        action=act.action,
        target_kind=act.target_kind,
        target_id=act.target_id,
        target_name=clean_text(act.target_name)[:TARGET_MAX],
        params=jsonable(dict(act.params)),
        ip=act.actor.ip,
        request_id=act.actor.request_id,
    )
