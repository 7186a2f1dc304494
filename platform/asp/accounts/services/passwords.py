"""Setting passwords: policy, history, and the end of other sessions."""

import uuid

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from asp.accounts import errors
from asp.accounts.models import Account, PasswordHistory
from asp.accounts.passwords import HISTORY_LENGTH
from asp.accounts.services import sessions
from asp.audit.actor import Actor
from asp.audit.services import record


@transaction.atomic
def password_change(
    *, actor: Actor, account: Account, password: str, keep_session: uuid.UUID | None = None
) -> Account:
    """Set a new password for somebody who is signed in; all other sessions end.

    The caller has checked the old password, and stores the new session hash afterwards
    (`update_session_auth_hash`). Raises PasswordRefused.
    """
    store(account, password)
    sessions.drop(account, keep=keep_session)
    record(
        actor=actor,
        action="accounts.password_changed",
        target_kind="accounts.account",
        target_id=account.pk,
        target_name=account.name,
        params={"name": account.name},
    )
    return account


def store(account: Account, password: str) -> None:
    """Check and save a password and its history; for services that write an audit entry of their own."""
    try:
        validate_password(password, account)
    except ValidationError as error:
        raise errors.PasswordRefused(params={"reasons": " ".join(error.messages)}) from error
    account.set_password(password)
    account.must_change_password = False
    account.password_changed_at = timezone.now()
    account.save(
        update_fields=["password", "must_change_password", "password_changed_at", "state", "activated_at"]
    )
    PasswordHistory.objects.create(account=account, password=account.password)
    kept = PasswordHistory.objects.filter(account=account).values("pk")[:HISTORY_LENGTH]
    PasswordHistory.objects.filter(account=account).exclude(pk__in=kept).delete()
