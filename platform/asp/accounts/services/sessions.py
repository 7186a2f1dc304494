"""Ending sessions."""

import uuid

from django.db import transaction

from asp.accounts.models import Account, Session
from asp.audit.actor import Actor
from asp.audit.services import record


@transaction.atomic
def session_end(*, actor: Actor, account: Account, session_id: uuid.UUID) -> bool:
    """End one session of `account`; False if it is not there (any more)."""
    ended, _ = Session.objects.filter(account=account, pk=session_id).delete()
    if ended:
        _record(actor, "accounts.session_ended", account, {})
    return bool(ended)


@transaction.atomic
def sessions_end(*, actor: Actor, account: Account, keep: uuid.UUID | None = None) -> int:
    """End all sessions of `account`, except `keep`; return how many there were."""
    ended = drop(account, keep=keep)
    if ended:
        _record(actor, "accounts.sessions_ended", account, {"count": ended})
    return ended


def drop(account: Account, *, keep: uuid.UUID | None = None) -> int:
    """Remove the rows; for services that write an audit entry of their own."""
    rows = Session.objects.filter(account=account)
    ended, _ = (rows.exclude(pk=keep) if keep is not None else rows).delete()
    return ended


def _record(actor: Actor, action: str, account: Account, params: dict[str, object]) -> None:
    record(
        actor=actor,
        action=action,
        target_kind="accounts.account",
        target_id=account.pk,
        target_name=account.name,
        params={"name": account.name, **params},
    )
