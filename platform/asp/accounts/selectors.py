"""Reads: finding accounts, sessions, roles."""

import uuid
from collections.abc import Iterable
from datetime import timedelta

from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import Count, Exists, OuterRef, QuerySet, Sum
from django.http import Http404
from django.utils import timezone

from asp.accounts.identifiers import login_normalise, phone_normalise
from asp.accounts.models import Account, AccountKind, Duty, Role, RolePermission, Session, TOTPDevice
from asp.accounts.subjects import grants_of
from tenants.context import current_site


def belongs_here(account: Account) -> bool:
    """Whether this kind of account has business on this kind of site."""
    kind = current_site().kind
    if kind == "host":
        return account.kind == AccountKind.ADMINISTRATOR
    if kind == "bureau":
        return account.kind in (AccountKind.ADMINISTRATOR, AccountKind.STAFF)
    return False


def administrators_ready() -> bool:
    """Whether all three administrators have activated their accounts: before that, staff cannot sign in."""
    activated = Account.objects.administrators().filter(activated_at__isnull=False)
    return set(activated.values_list("duty", flat=True)) >= set(Duty.values)


def account_by_identifier(identifier: str) -> Account | None:
    """The account that somebody means by an account name or, for staff, a phone number."""
    login = login_normalise(identifier)
    account = Account.objects.filter(login=login[:64]).first()
    if account is None:
        try:
            phone = phone_normalise(identifier)
        except ValueError:
            return None
        # Administrators sign in by account name only.
        account = Account.objects.staff().filter(phone=phone).first() if phone else None
    return account if account is not None and belongs_here(account) else None


def account_for_sign_in(login: str) -> Account | None:
    """The account of a stored login, if its kind may sign in here now."""
    account = Account.objects.filter(login=login).first()
    if account is None or not belongs_here(account):
        return None
    if account.kind == AccountKind.STAFF and not administrators_ready():
        return None
    return account


def account_get(account_id: uuid.UUID) -> Account:
    """One account of this site, or Http404."""
    account = Account.objects.filter(pk=account_id).exclude(kind=AccountKind.CITIZEN).first()
    if account is None:
        raise Http404
    return account


def account_list(*, text: str = "", kind: str = "", state: str = "") -> QuerySet[Account]:
    """Accounts of this site for the security administrator, with what the table shows of each."""
    device = TOTPDevice.objects.filter(user=OuterRef("pk"), confirmed=True)
    accounts = (
        Account.objects.exclude(kind=AccountKind.CITIZEN)
        .named(text)
        .annotate(has_device=Exists(device), is_locked=Exists(_failures(OuterRef("login"))))
    )
    if kind:
        accounts = accounts.filter(kind=kind)
    if state == "locked":
        accounts = accounts.filter(is_locked=True)
    elif state:
        accounts = accounts.filter(state=state)
    return accounts.order_by("kind", "pinyin", "id")


def is_locked(account: Account) -> bool:
    """Whether the account is locked after too many failures."""
    return _failures(account.login).exists()


def _failures(login: object) -> QuerySet[AccessAttempt]:
    since = timezone.now() - timedelta(hours=settings.AXES_COOLOFF_TIME)
    return (
        AccessAttempt.objects.filter(username=login, attempt_time__gte=since)
        .order_by()
        .values("username")
        .annotate(failures=Sum("failures_since_start"))
        .filter(failures__gte=settings.AXES_FAILURE_LIMIT)
    )


def sessions_of(account: Account) -> QuerySet[Session]:
    """The live sessions of an account on this site, the latest first."""
    return account.sessions.filter(expire_date__gt=timezone.now(), site=current_site().kind)


def role_list() -> QuerySet[Role]:
    """All roles with the number of their codes and grants; built-in ones first."""
    return Role.objects.annotate(
        code_count=Count("permissions", distinct=True), grant_count=Count("grants", distinct=True)
    ).order_by("-code", "id")


def role_get(role_id: uuid.UUID) -> Role:
    """One role, or Http404."""
    role = Role.objects.filter(pk=role_id).first()
    if role is None:
        raise Http404
    return role


def roles_of(account: Account) -> QuerySet[Role]:
    """The roles that reach an account, by whichever way."""
    return Role.objects.filter(pk__in=grants_of(account).order_by().values("role_id"))


def codes_by_role(roles: Iterable[Role]) -> dict[uuid.UUID, set[str]]:
    """The codes of each role; one query."""
    held: dict[uuid.UUID, set[str]] = {role.pk: set() for role in roles}
    for role_id, code in RolePermission.objects.filter(role_id__in=held).values_list("role_id", "code"):
        held[role_id].add(code)
    return held
