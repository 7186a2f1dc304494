"""Signing in (登录): password, second factor, session; and signing out.

The person is not signed in before the last step. Between password and second factor the session holds
only who it is about, for ten minutes; every other page treats the browser as anonymous.
"""

import hashlib
import hmac
import time
import uuid
from copy import copy
from dataclasses import dataclass
from typing import Literal

from axes.handlers.proxy import AxesProxyHandler
from django.contrib.auth import authenticate, login, logout, update_session_auth_hash
from django.contrib.auth.signals import user_login_failed
from django.db import transaction
from django.http import HttpRequest, QueryDict
from django.utils import timezone

from asp.accounts import selectors, sources
from asp.accounts.access import PENDING_KEY
from asp.accounts.encryption import derived_key
from asp.accounts.models import Account, AccountState
from asp.accounts.services.factors import FactorUsed, second_factor_verify
from asp.accounts.services.sessions import drop
from asp.accounts.sessions import SessionStore
from asp.audit.actor import Actor
from asp.audit.services import record
from tenants.observe import metrics, recent
from tenants.observe.fields import site_kind

BACKEND = "asp.accounts.backends.SiteBackend"
PENDING_SECONDS = 10 * 60
FACTOR_SESSION_KEY = "accounts_factor"

Outcome = Literal["signed_in", "second_factor", "enrol", "refused", "locked", "source_blocked"]


@dataclass(frozen=True, slots=True)
class Result:
    """What a step led to."""

    outcome: Outcome
    account: Account | None = None


def password_step(request: HttpRequest, *, identifier: str, password: str) -> Result:
    """Check account name (or phone) and password.

    An unknown name is treated like a wrong password in every respect: same answer, same time, and it is
    locked after the same number of failures.
    """
    address = sources.client_address(request)
    if sources.is_blocked(address):
        return Result("source_blocked")
    known = selectors.account_by_identifier(identifier)
    name = known.login if known is not None else _unknown(identifier)
    credentials = {"login": name}
    if not AxesProxyHandler.is_allowed(request, credentials):
        sources.failure_count(address)
        return Result("locked")
    attempt = _without_form(request)
    account = authenticate(attempt, login=name, password=password)
    if not isinstance(account, Account):
        sources.failure_count(address)
        return _failed(request, known, attempt)
    if account.has_second_factor:
        _pending_set(request, account)
        return Result("second_factor", account)
    if account.second_factor_required:
        _pending_set(request, account)
        return Result("enrol", account)
    complete(request, account)
    return Result("signed_in", account)


def factor_step(request: HttpRequest, *, account: Account, code: str) -> Result:
    """Check the second factor of the account that the session waits for.

    A wrong code counts like a wrong password; the library makes the next try wait besides.
    """
    address = sources.client_address(request)
    if sources.is_blocked(address):
        return Result("source_blocked")
    if not AxesProxyHandler.is_allowed(request, {"login": account.login}):
        pending_clear(request)
        return Result("locked")
    used = second_factor_verify(account=account, code=code)
    if used is None:
        sources.failure_count(address)
        attempt = _without_form(request)
        user_login_failed.send(sender=__name__, credentials={"login": account.login}, request=attempt)
        result = _failed(request, account, attempt)
        if result.outcome == "locked":
            pending_clear(request)
        return result
    complete(request, account, factor=used)
    return Result("signed_in", account)


@transaction.atomic
def complete(request: HttpRequest, account: Account, *, factor: FactorUsed | None = None) -> None:
    """Make the session the account's: new key, one active session for administrators, audit entry."""
    # Two sign-ins of one administrator at once wait for each other here, so that one session is left.
    Account.objects.select_for_update().get(pk=account.pk)
    request.session.pop(PENDING_KEY, None)
    login(request, account, backend=BACKEND)
    request._cached_user = account  # type: ignore[attr-defined]
    request.session[FACTOR_SESSION_KEY] = factor.kind if factor else ""
    request.session.save()
    SessionStore.clear_expired()
    if account.is_administrator:
        drop(account, keep=session_id(request))
    account.last_sign_in = timezone.now()
    account.save(update_fields=["last_sign_in"])
    recovery = factor is not None and factor.kind == "recovery"
    _record(
        request,
        "accounts.signed_in_by_recovery" if recovery else "accounts.signed_in",
        account,
        {"left": factor.left} if factor is not None and recovery else {},
    )
    metrics.sign_ins.labels(site_kind(), "ok").inc()


@transaction.atomic
def sign_out(request: HttpRequest) -> None:
    """End the session of this browser."""
    account = request.user
    if isinstance(account, Account):
        _record(request, "accounts.signed_out", account)
    logout(request)


def session_renew(request: HttpRequest, account: Account) -> None:
    """Keep this browser signed in after its own password change."""
    update_session_auth_hash(request, account)  # type: ignore[arg-type]


def session_id(request: HttpRequest) -> uuid.UUID | None:
    """The key of the current session's row."""
    return getattr(request.session, "row_id", None)


def pending_account(request: HttpRequest) -> Account | None:
    """The account whose password was right in this browser within the last ten minutes."""
    pending = request.session.get(PENDING_KEY)
    if not isinstance(pending, dict) or time.time() - pending.get("at", 0) > PENDING_SECONDS:
        pending_clear(request)
        return None
    account = Account.objects.filter(pk=pending["account"], state=AccountState.ACTIVE).first()
    # Whoever changed the password meanwhile has not asked for this.
    if account is None or not hmac.compare_digest(pending["hash"], account.get_session_auth_hash()):
        pending_clear(request)
        return None
    return account


def pending_clear(request: HttpRequest) -> None:
    """Forget the password step."""
    request.session.pop(PENDING_KEY, None)


def actor_of(request: HttpRequest, account: Account) -> Actor:
    """`account` as the actor, at the address of the request; for steps before somebody is signed in."""
    here = Actor.of(request)
    return Actor(kind=account.kind, id=account.pk, name=account.name, ip=here.ip, request_id=here.request_id)


def _pending_set(request: HttpRequest, account: Account) -> None:
    request.session.flush()
    request.session[PENDING_KEY] = {
        "account": str(account.pk),
        "at": int(time.time()),
        "hash": account.get_session_auth_hash(),
    }


def _without_form(request: HttpRequest) -> HttpRequest:
    """A copy for django-axes, which stores what was posted, and people mistake one field for another.

    It also leaves its mark on the copy only, so that its middleware does not replace our page.
    """
    attempt = copy(request)
    attempt.POST = QueryDict()  # type: ignore[assignment]
    return attempt


def _failed(request: HttpRequest, account: Account | None, attempt: HttpRequest) -> Result:
    locked = bool(getattr(attempt, "axes_locked_out", False))
    metrics.sign_ins.labels(site_kind(), "failed").inc()
    recent.count("sign-in-failed")
    if account is not None:
        _record(request, "accounts.locked_out" if locked else "accounts.sign_in_failed", account)
    return Result("locked" if locked else "refused")


def _unknown(identifier: str) -> str:
    """What failures of an unknown name are counted under.

    People type their password into the wrong field: the name itself is not stored.
    """
    key = derived_key("accounts.unknown")
    return f"?{hmac.new(key, identifier.strip().lower().encode(), hashlib.sha256).hexdigest()[:32]}"


@transaction.atomic
def _record(
    request: HttpRequest, action: str, account: Account, params: dict[str, object] | None = None
) -> None:
    successful = action in ("accounts.signed_in", "accounts.signed_in_by_recovery", "accounts.signed_out")
    record(
        # A failed attempt is not the account owner's act.
        actor=actor_of(request, account) if successful else Actor.of(request),
        action=action,
        target_kind="accounts.account",
        target_id=account.pk,
        target_name=account.name,
        params={"name": account.name, **(params or {})},
    )
