"""The audit log's public door: `record`, in the transaction of the act itself."""

import uuid
from collections.abc import Mapping
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


@transaction.atomic(savepoint=False)
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
    if not actions.is_registered(action):
        raise actions.UnknownActionError(f"{action} is not registered in any audit_actions.py")
    entry = Entry(
        occurred_at=timezone.now(),
        actor_kind=actor.kind,
        actor_id=actor.id,
        actor_name=clean_text(actor.name)[:NAME_MAX],
        action=action,
        target_kind=target_kind,
        target_id=target_id,
        target_name=clean_text(target_name)[:TARGET_MAX],
        params=jsonable(dict(params or {})),
        ip=actor.ip,
        request_id=actor.request_id,
    )
    entry.save(force_insert=True)
    doorbell.ring("audit", entry.id)
    return entry
