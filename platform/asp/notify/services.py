"""Telling people (通知提醒): `announce` is the one call; lists, mails and live badges follow from it."""

import datetime
import uuid
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone

from asp.accounts.models import Account, AccountState
from asp.jobs.clock import ClockActor
from asp.jobs.services import ActorLike, job_named, job_start
from asp.jobs.values import jsonable
from asp.live import audiences
from asp.live.services import publish
from asp.messages.channels import relay_configured
from asp.notify import kinds
from asp.notify.models import Notification, Wishes
from asp.notify.wishes import mail_moment, wish_for

EVENT = "notification"
MAILER = "notify.mail"
BATCH = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """One thing that some people are told; see `announce`."""

    kind: str
    to: Collection[uuid.UUID]
    params: Mapping[str, Any] = field(default_factory=dict)
    url: str = ""
    about: uuid.UUID | None = None
    key: str = ""


@transaction.atomic(savepoint=False)
def announce(
    *,
    kind: str,
    to: Iterable[uuid.UUID],
    params: Mapping[str, Any] | None = None,
    url: str = "",
    about: uuid.UUID | None = None,
    key: str = "",
    actor: ActorLike | None = None,
) -> int:
    """Tell the accounts `to` of the current site, in the caller's transaction; return how many were told.

    Who did it (`actor`) is not told of it, nor is anybody whose account does not work. `url` is a path of this
    site. With a `key`, a person who has not yet read the former one is not told again.
    Raises UnknownKindError, and ValueError for an address of elsewhere.
    """
    word = Word(kind=kind, to=set(to), params=params or {}, url=url, about=about, key=key)
    return announce_many([word], actor=actor)


@transaction.atomic(savepoint=False)
def announce_many(words: Iterable[Word], *, actor: ActorLike | None = None) -> int:
    """Tell many things at once, with the statements of one; otherwise as `announce`."""
    words = list(words)
    known = {each.kind: kinds.find(each.kind) for each in words}
    for each in words:
        if each.url and (not each.url.startswith("/") or each.url.startswith("//")):
            raise ValueError(f"not a path of this site: {each.url!r}")
    wanted = {account_id for each in words for account_id in each.to}
    if actor is not None and actor.id is not None:
        wanted.discard(actor.id)
    if not wanted:
        return 0
    found = Account.objects.filter(pk__in=wanted, state=AccountState.ACTIVE).only("pk", "email")
    people = {each.pk: each for each in found}
    wishes = Wishes.objects.in_bulk(list(people))
    now = timezone.now()
    may_mail = relay_configured()
    rows = []
    for each in words:
        params = jsonable(dict(each.params))
        for person in (people[account_id] for account_id in dict.fromkeys(each.to) if account_id in people):
            theirs = wishes.get(person.pk)
            wish = wish_for(theirs, known[each.kind])
            mail_at = mail_moment(theirs, wish.mail, now) if may_mail and person.email else None
            if wish.listed or mail_at is not None:
                rows.append(
                    Notification(
                        account_id=person.pk,
                        kind=each.kind,
                        params=params,
                        url=each.url,
                        about=each.about,
                        key=each.key,
                        listed=wish.listed,
                        mail_at=mail_at,
                        created_at=now,
                    )
                )
    Notification.objects.bulk_create(rows, ignore_conflicts=any(each.key for each in words), batch_size=BATCH)
    if any(row.mail_at is not None and row.mail_at <= now for row in rows):
        job_start(actor=ClockActor(), job=job_named(MAILER), key=MAILER)
    publish(kind=EVENT, to={audiences.account(row.account_id) for row in rows if row.listed})
    return len(rows)


def read(*, account: Account, notification_id: uuid.UUID) -> Notification:
    """Mark one as read, and return it. Raises Notification.DoesNotExist for somebody else's."""
    found = Notification.objects.get(pk=notification_id, account=account)
    if found.read_at is None:
        read_many(Notification.objects.filter(pk=found.pk), account)
    return found


def read_all(*, account: Account, until: uuid.UUID | None = None) -> int:
    """Mark all as read, those that came after `until` (a notification's id) excepted; return how many."""
    rows = Notification.objects.filter(account=account)
    if until is not None:
        rows = rows.filter(pk__lte=until)
    return read_many(rows, account)


def read_about(*, account: Account, about: uuid.UUID) -> int:
    """Mark as read what tells of a thing that the person has just seen."""
    return read_many(Notification.objects.filter(account=account, about=about), account)


def read_many(rows: Any, account: Account) -> int:
    """Mark the unread of `rows` as read and let the open pages of `account` know."""
    count: int = rows.filter(read_at=None).update(read_at=timezone.now())
    if count:
        publish(kind=EVENT, to=[audiences.account(account.pk)])
    return count


def wishes_save(
    *,
    account: Account,
    choices: Mapping[str, Mapping[str, Any]],
    quiet_from: datetime.time | None,
    quiet_until: datetime.time | None,
    daily_at: datetime.time,
) -> Wishes:
    """Keep how a person wishes to be told from now on. What was announced before goes the former way."""
    values = {
        "choices": {code: dict(choice) for code, choice in choices.items()},
        "quiet_from": quiet_from,
        "quiet_until": quiet_until,
        "daily_at": daily_at,
    }
    wishes, _created = Wishes.objects.update_or_create(account=account, defaults=values)
    return wishes
