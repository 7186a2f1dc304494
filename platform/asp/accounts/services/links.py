"""One-time links: issuing them, and what using one does."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django_otp.util import random_hex

from asp.accounts import errors, links, selectors
from asp.accounts.models import Account, AccountState, Link, LinkChannel, LinkPurpose
from asp.accounts.services import factors, passwords, sessions
from asp.accounts.totp import SEED_BYTES, seed_base32
from asp.audit.actor import Actor
from asp.audit.services import Act, record_many
from asp.messages.channels import relay_configured
from asp.messages.services import Letter, message_send_many
from tenants import doorbell
from tenants.context import current_site

LIFETIME = {LinkPurpose.ACTIVATION: timedelta(days=7), LinkPurpose.RESET: timedelta(hours=24)}
ACTIONS = {
    LinkChannel.MAIL: "mailed",
    LinkChannel.SLIP: "printed",
    LinkChannel.HALL: "offered",
}
# The doorbell that tells the host that all three administrators of an office are active.
READY_BELL = "office_ready"


@dataclass(frozen=True, slots=True)
class ActivationSecrets:
    """What a person must note when an account was activated; kept nowhere in this form.

    `totp_seed` is base32, empty without a second factor.
    """

    account: Account
    totp_seed: str = ""
    recovery_codes: tuple[str, ...] = ()


@transaction.atomic
def link_issue(*, actor: Actor, account: Account, purpose: str = "activation", channel: str = "mail") -> Link:
    """Issue a link; former ones for the same purpose are void. By mail, the message is part of it.

    Activation lasts 7 days, a new password 24 hours. Raises WrongState, NoAddress, NoRelay.
    """
    account = Account.objects.select_for_update().get(pk=account.pk)
    wanted = AccountState.INVITED if purpose == LinkPurpose.ACTIVATION else AccountState.ACTIVE
    if account.state != wanted:
        raise errors.WrongState
    if channel == LinkChannel.MAIL:
        _check_mail(account)
    Link.objects.filter(account=account, purpose=purpose, used_at=None, revoked_at=None).update(
        revoked_at=timezone.now()
    )
    return _issue(actor, [account], purpose, channel)[0]


@transaction.atomic
def first_links_issue(*, actor: Actor, accounts: Sequence[Account]) -> list[Link]:
    """Mail their activations to accounts that the current transaction has made; nothing is void by it.

    Raises NoAddress, NoRelay.
    """
    for account in accounts:
        _check_mail(account)
    return _issue(actor, accounts, LinkPurpose.ACTIVATION, LinkChannel.MAIL)


def _issue(actor: Actor, accounts: Sequence[Account], purpose: str, channel: str) -> list[Link]:
    now = timezone.now()
    made = []
    for account in accounts:
        link = Link(
            account=account,
            purpose=purpose,
            channel=channel,
            created_at=now,
            expires_at=now + LIFETIME[LinkPurpose(purpose)],
        )
        link.token_hash = links.hash_of(links.token_of(link))
        made.append(link)
    Link.objects.bulk_create(made)
    record_many(_act(actor, f"accounts.{purpose}_{ACTIONS[LinkChannel(channel)]}", each) for each in accounts)
    if channel == LinkChannel.MAIL:
        message_send_many(
            Letter(
                to=link.account.email,
                template=f"accounts.{purpose}",
                params=_message_params(link.account),
                language=link.account.language or _site_language(),
                link=link.pk,
            )
            for link in made
        )
    return made


@transaction.atomic
def activation_complete(
    *,
    link_token: str | None = None,
    link: Link | None = None,
    password: str,
    totp_seed: str | None = None,
    totp_code: str | None = None,
    actor: Actor | None = None,
) -> ActivationSecrets:
    """Use an activation link: set the password, enrol the second factor, make the account active.

    `totp_seed` is hexadecimal. A person proves with `totp_code` that the app has the seed; the
    demonstration's services leave the code out and get the seed back. Administrators get a second factor
    in any case. Raises LinkOver, PasswordRefused, CodeWrong.
    """
    used = _use(link_token, link, LinkPurpose.ACTIVATION, AccountState.INVITED)
    account = used.account
    account.state = AccountState.ACTIVE
    account.activated_at = timezone.now()
    passwords.store(account, password)
    codes: list[str] = []
    if totp_seed is None and account.second_factor_required:
        totp_seed = random_hex(SEED_BYTES)
    if totp_seed is not None:
        codes = factors.device_store(account, totp_seed, totp_code)
    _record(_by(account, actor), "accounts.activated", account)
    bureau = current_site().bureau
    if account.is_administrator and bureau is not None and selectors.administrators_ready():
        doorbell.ring(READY_BELL, bureau.id)
    return ActivationSecrets(account, seed_base32(totp_seed) if totp_seed else "", tuple(codes))


@transaction.atomic
def reset_complete(*, link: Link, password: str, actor: Actor | None = None) -> Account:
    """Use a link for a new password; all sessions end, the second factor stays.

    Raises LinkOver, PasswordRefused.
    """
    used = _use(None, link, LinkPurpose.RESET, AccountState.ACTIVE)
    account = used.account
    passwords.store(account, password)
    sessions.drop(account)
    _record(_by(account, actor), "accounts.password_reset", account)
    return account


def _use(token: str | None, link: Link | None, purpose: LinkPurpose, state: AccountState) -> Link:
    """Lock and use up a link. Two at once: the second waits here, and finds it used."""
    known = Link.objects.select_for_update(of=("self",)).select_related("account")
    if link is not None:
        locked = known.filter(pk=link.pk).first()
    else:
        locked = known.filter(token_hash=links.hash_of(token or "")).first()
    if locked is None or not locked.is_live or locked.purpose != purpose or locked.account.state != state:
        raise errors.LinkOver
    locked.used_at = timezone.now()
    locked.save(update_fields=["used_at"])
    return locked


def _check_mail(account: Account) -> None:
    if not account.email:
        raise errors.NoAddress
    if not relay_configured():
        raise errors.NoRelay


def _message_params(account: Account) -> dict[str, str]:
    bureau = current_site().bureau
    return {
        "name": account.name,
        "name_en": account.name_en or account.name,
        "login": account.login,
        "site": bureau.name if bureau is not None else "",
        "site_en": (bureau.name_en or bureau.name) if bureau is not None else "",
    }


def _site_language() -> str:
    bureau = current_site().bureau
    return bureau.language if bureau is not None else "zh-hans"


def _by(account: Account, actor: Actor | None) -> Actor:
    """The owner of the account acts; where from, the request knows."""
    own = Actor.of_account(account)
    return own if actor is None else replace(own, ip=actor.ip, request_id=actor.request_id)


def _record(actor: Actor, action: str, account: Account) -> None:
    record_many([_act(actor, action, account)])


def _act(actor: Actor, action: str, account: Account) -> Act:
    return Act(
        actor=actor,
        action=action,
        target_kind="accounts.account",
        target_id=account.pk,
        target_name=account.name,
        params={"name": account.name},
    )
