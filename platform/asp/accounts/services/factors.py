"""Second factors: enrolling, checking, resetting; recovery codes."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from asp.accounts import errors
from asp.accounts.encryption import derived_key
from asp.accounts.enrolment import matching_step
from asp.accounts.models import Account, RecoveryCode, TOTPDevice
from asp.accounts.services import sessions
from asp.audit.actor import Actor
from asp.audit.services import record

RECOVERY_CODES = 10
# No characters that look alike on paper: 0 O, 1 I L, 8 B.
_ALPHABET = "acdefghjkmnpqrstuvwxyz2345679"
_GROUP = 5


@dataclass(frozen=True, slots=True)
class FactorUsed:
    """Which factor was right; for a recovery code, how many are left."""

    kind: str
    left: int = 0


@transaction.atomic
def totp_enrol(*, actor: Actor, account: Account, seed: str, code: str) -> list[str]:
    """Confirm an authenticator app with its first code; return new recovery codes, to be shown once.

    A former app stops working. Raises CodeWrong.
    """
    codes = device_store(account, seed, code)
    _record(actor, "accounts.factor_enrolled", account)
    return codes


@transaction.atomic
def totp_remove(*, actor: Actor, account: Account) -> None:
    """Do without a second factor again. Raises FactorRequired for administrators."""
    if account.second_factor_required:
        raise errors.FactorRequired
    _forget(account)
    _record(actor, "accounts.factor_removed", account)


@transaction.atomic
def second_factor_reset(*, actor: Actor, account: Account) -> None:
    """Remove somebody else's lost second factor and end their sessions. Raises OwnAccount.

    An administrator must enrol a new one right after the password at the next sign-in.
    """
    if actor.id == account.pk:
        raise errors.OwnAccount
    _forget(account)
    sessions.drop(account)
    _record(actor, "accounts.factor_reset", account)


@transaction.atomic
def second_factor_verify(*, account: Account, code: str) -> FactorUsed | None:
    """Check a TOTP code or a recovery code; what is right is used up. None if it is wrong."""
    code = code.strip().lower().replace(" ", "")
    if code.isdigit() and len(code) == 6:
        for device in TOTPDevice.objects.select_for_update().filter(user=account, confirmed=True):
            if device.verify_token(code):
                return FactorUsed("totp")
        return None
    used = RecoveryCode.objects.filter(
        account=account, code_hash=_hash(account, code), used_at__isnull=True
    ).update(used_at=timezone.now())
    if not used:
        return None
    return FactorUsed("recovery", account.recovery_codes.filter(used_at__isnull=True).count())


@transaction.atomic
def recovery_codes_make(*, actor: Actor, account: Account) -> list[str]:
    """Make ten new recovery codes, to be shown once; former ones stop working."""
    codes = codes_store(account)
    _record(actor, "accounts.recovery_codes_made", account)
    return codes


def device_store(account: Account, seed: str, code: str | None) -> list[str]:
    """Store the app and new recovery codes. Without `code`, the seed is trusted (it never left us)."""
    step = -1
    if code is not None:
        found = matching_step(seed, code)
        if found is None:
            raise errors.CodeWrong
        step = found
    _forget(account)
    TOTPDevice.objects.create(user=account, name="TOTP", key=seed, last_t=step)
    account.__dict__.pop("has_second_factor", None)
    return codes_store(account)


def codes_store(account: Account) -> list[str]:
    """Replace the recovery codes."""
    RecoveryCode.objects.filter(account=account).delete()
    codes = [_code() for _each in range(RECOVERY_CODES)]
    RecoveryCode.objects.bulk_create(
        [RecoveryCode(account=account, code_hash=_hash(account, each)) for each in codes]
    )
    return codes


def _forget(account: Account) -> None:
    TOTPDevice.objects.filter(user=account).delete()
    RecoveryCode.objects.filter(account=account).delete()
    account.__dict__.pop("has_second_factor", None)


def _code() -> str:
    """Ten characters of 29: 48 bits, in two groups."""
    text = "".join(secrets.choice(_ALPHABET) for _each in range(2 * _GROUP))
    return f"{text[:_GROUP]}-{text[_GROUP:]}"


def _hash(account: Account, code: str) -> str:
    # A keyed hash is enough for random codes, and a stolen table alone is not enough to try them.
    message = f"{account.pk}|{code.replace('-', '')}".encode()
    return hmac.new(derived_key("accounts.recovery"), message, hashlib.sha256).hexdigest()


def _record(actor: Actor, action: str, account: Account) -> None:
    record(
        actor=actor,
        action=action,
        target_kind="accounts.account",
        target_id=account.pk,
        target_name=account.name,
        params={"name": account.name},
    )
