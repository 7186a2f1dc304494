"""What a person's wishes mean for one kind of notification at one moment."""

import datetime
from dataclasses import dataclass

from asp.notify.kinds import MAILS, Kind, Mail
from asp.notify.models import DAILY_AT, Wishes
from asp.ui.moments import SHANGHAI


@dataclass(frozen=True, slots=True)
class Wish:
    """Whether to list it, and when to write a mail."""

    listed: bool
    mail: Mail


def wish_for(wishes: Wishes | None, kind: Kind) -> Wish:
    """What the person chose for `kind`, or what the kind proposes."""
    chosen = (wishes.choices if wishes is not None else {}).get(kind.code, {})
    mail = chosen.get("mail", kind.mail)
    return Wish(bool(chosen.get("listed", True)), mail if mail in MAILS else kind.mail)


def mail_moment(wishes: Wishes | None, mail: Mail, now: datetime.datetime) -> datetime.datetime | None:
    """When to write, not before `now` (aware); None for never."""
    if mail == "no":
        return None
    if mail == "daily":
        daily = wishes.daily_at if wishes is not None else DAILY_AT
        return _next(daily, now)
    if wishes is not None and is_quiet(wishes, now) and wishes.quiet_until is not None:
        return _next(wishes.quiet_until, now)
    return now


def is_quiet(wishes: Wishes, now: datetime.datetime) -> bool:
    """Whether `now` lies in the quiet hours, which may pass midnight."""
    begin, end = wishes.quiet_from, wishes.quiet_until
    if begin is None or end is None or begin == end:
        return False
    clock = now.astimezone(SHANGHAI).time()
    return begin <= clock < end if begin < end else clock >= begin or clock < end


def _next(clock: datetime.time, now: datetime.datetime) -> datetime.datetime:
    local = now.astimezone(SHANGHAI)
    moment = datetime.datetime.combine(local.date(), clock, SHANGHAI)
    return moment if moment > local else moment + datetime.timedelta(days=1)
