"""Creating, changing, disabling and unlocking accounts."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from axes.models import AccessAttempt
from django.db import IntegrityError, transaction
from django.utils import timezone

from asp.accounts import errors
from asp.accounts.identifiers import login_is_valid, login_normalise, phone_normalise
from asp.accounts.models import Account, AccountKind, AccountState, Duty, Link
from asp.accounts.services import sessions
from asp.audit.actor import Actor
from asp.audit.services import Act, record_many

# What the errors of the database mean to people.
CONSTRAINTS: dict[str, type[errors.UserFacingError]] = {
    "accounts_account_login_unique": errors.LoginTaken,
    "accounts_account_phone_unique": errors.PhoneTaken,
    "accounts_account_one_per_duty": errors.DutyTaken,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAccount:
    """What is said of an account that is to be made; see `account_create`."""

    kind: str
    login: str
    name: str
    name_en: str = ""
    phone: str = ""
    email: str = ""
    duty: str = ""
    language: str = ""


def account_create(
    *,
    actor: Actor,
    kind: str,
    login: str,
    name: str,
    name_en: str = "",
    phone: str = "",
    email: str = "",
    duty: str = "",
    language: str = "",
) -> Account:
    """Create an invited account; it has no password until its link is used.

    Raises LoginInvalid, LoginTaken, PhoneInvalid, PhoneTaken, DutyTaken.
    """
    wanted = NewAccount(
        kind=kind,
        login=login,
        name=name,
        name_en=name_en,
        phone=phone,
        email=email,
        duty=duty,
        language=language,
    )
    return account_create_many(actor=actor, wanted=[wanted])[0]


@transaction.atomic
def account_create_many(*, actor: Actor, wanted: Sequence[NewAccount]) -> list[Account]:
    """Create several invited accounts with few statements. Raises as `account_create`; then none is made."""
    accounts = [_new(each) for each in wanted]
    with _taken_in_words(accounts), transaction.atomic():
        Account.objects.bulk_create(accounts)
    record_many(_act(actor, "accounts.account_created", each, {"login": each.login}) for each in accounts)
    return accounts


def _new(wanted: NewAccount) -> Account:
    if (wanted.kind == AccountKind.ADMINISTRATOR) != (wanted.duty in Duty.values):
        raise ValueError("administrators have a duty, and nobody else")
    account = Account(
        kind=wanted.kind,
        duty=wanted.duty,
        login=_login(wanted.login),
        name=wanted.name.strip(),
        name_en=wanted.name_en.strip(),
        phone=_phone(wanted.phone),
        email=Account.objects.normalize_email(wanted.email),
        language=wanted.language,
        state=AccountState.INVITED,
    )
    account.set_unusable_password()
    account.derive()
    return account


@transaction.atomic
def account_update(
    *,
    actor: Actor,
    account: Account,
    login: str | None = None,
    name: str | None = None,
    name_en: str | None = None,
    phone: str | None = None,
    email: str | None = None,
    language: str | None = None,
) -> Account:
    """Change what is given; an audit entry names the changed fields. Same errors as `account_create`."""
    given: dict[str, str] = {}
    if login is not None:
        given["login"] = _login(login)
    if phone is not None:
        given["phone"] = _phone(phone)
    if email is not None:
        given["email"] = Account.objects.normalize_email(email)
    for field, text in (("name", name), ("name_en", name_en), ("language", language)):
        if text is not None:
            given[field] = text.strip()
    changed = _apply(account, given)
    if changed:
        _record(actor, "accounts.account_updated", account, {"fields": changed})
    return account


@transaction.atomic
def profile_update(
    *, actor: Actor, account: Account, name_en: str, email: str, language: str, theme: str
) -> Account:
    """Change what people decide about themselves."""
    changed = _apply(
        account,
        {
            "name_en": name_en.strip(),
            "email": Account.objects.normalize_email(email),
            "language": language,
            "theme": theme,
        },
    )
    if changed:
        _record(actor, "accounts.profile_updated", account, {"fields": changed})
    return account


@transaction.atomic
def account_disable(*, actor: Actor, account: Account) -> Account:
    """Close an account: its sessions end and its links are void at once; the row stays.

    Raises OwnAccount, WrongState, and NotForAdministrators: a duty must not fall vacant by a click.
    """
    account = _locked(account)
    if actor.id == account.pk:
        raise errors.OwnAccount
    if account.is_administrator:
        raise errors.NotForAdministrators
    if account.state == AccountState.DISABLED:
        raise errors.WrongState
    account.state = AccountState.DISABLED
    account.save(update_fields=["state"])
    sessions.drop(account)
    Link.objects.filter(account=account, used_at=None, revoked_at=None).update(revoked_at=timezone.now())
    _record(actor, "accounts.account_disabled", account)
    return account


@transaction.atomic
def account_enable(*, actor: Actor, account: Account) -> Account:
    """Open a disabled account again: active with its old password, or invited if it never was active."""
    account = _locked(account)
    if account.state != AccountState.DISABLED:
        raise errors.WrongState
    account.state = AccountState.ACTIVE if account.activated_at else AccountState.INVITED
    _save(account, update_fields=["state"])
    _record(actor, "accounts.account_enabled", account)
    return account


@transaction.atomic
def account_unlock(*, actor: Actor, account: Account) -> None:
    """Forget the failed sign-ins of an account. Raises OwnAccount."""
    if actor.id == account.pk:
        raise errors.OwnAccount
    AccessAttempt.objects.filter(username=account.login).delete()
    _record(actor, "accounts.account_unlocked", account)


def _login(text: str) -> str:
    login = login_normalise(text)
    if not login_is_valid(login):
        raise errors.LoginInvalid
    return login


def _phone(text: str) -> str:
    try:
        return phone_normalise(text)
    except ValueError as error:
        raise errors.PhoneInvalid from error


def _apply(account: Account, given: dict[str, str]) -> list[str]:
    changed = [field for field, value in given.items() if getattr(account, field) != value]
    if changed:
        for field in changed:
            setattr(account, field, given[field])
        _save(account, update_fields=changed)
    return changed


def _save(account: Account, **options: Any) -> None:
    with _taken_in_words([account]), transaction.atomic():
        account.save(**options)


@contextmanager
def _taken_in_words(accounts: Sequence[Account]) -> Iterator[None]:
    """Say in words which other account is in the way of these."""
    try:
        yield
    except IntegrityError as error:
        diagnosis = getattr(error.__cause__, "diag", None)
        name = getattr(diagnosis, "constraint_name", "") or ""
        if name not in CONSTRAINTS:
            raise
        detail = (
            getattr(diagnosis, "message_detail", "") or ""
        )  # "Key (phone, kind)=(139…, staff) already exists."
        named = (each for each in accounts if f"({each.login})" in detail or f"({each.phone}," in detail)
        guilty = next(named, accounts[0])
        raise CONSTRAINTS[name](params={"login": guilty.login, "phone": guilty.phone}) from error


def _locked(account: Account) -> Account:
    return Account.objects.select_for_update().get(pk=account.pk)


def _record(actor: Actor, action: str, account: Account, params: dict[str, object] | None = None) -> None:
    record_many([_act(actor, action, account, params)])


def _act(actor: Actor, action: str, account: Account, params: dict[str, object] | None = None) -> Act:
    return Act(
        actor=actor,
        action=action,
        target_kind="accounts.account",
        target_id=account.pk,
        target_name=account.name,
        params={"name": account.name, **(params or {})},
    )
