"""Deadlines as people say them (剩 2 个工作日): the word, its colour, and under which heading of a list it stands."""

import datetime
from dataclasses import dataclass
from typing import Final

from django.utils.formats import time_format
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from asp.ui.moments import day_text, local
from asp.workdays import Calendar, Light, light

LATE, TODAY, WEEK, LATER, NEVER = "late", "today", "week", "later", "never"
HEADINGS: Final[dict[str, str | Promise]] = {
    LATE: _("Overdue"),
    TODAY: _("Due today"),
    WEEK: _("Due this week"),
    LATER: _("Later"),
    NEVER: _("Without a deadline"),
}
# Further away than that, a date says more than a number of days.
FAR = 20
_KINDS = {Light.GREEN: "", Light.YELLOW: "soon", Light.RED: "late", Light.PAUSED: "stopped"}
_MOMENT = datetime.timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class DueMark:
    """A deadline for the reader: `kind` as the tag `due` takes it, the words, the heading, the day in full."""

    kind: str
    text: str
    group: str
    day: str = ""


class DueWords:
    """Says deadlines at one moment, with the calendar that was asked for once."""

    def __init__(self, calendar: Calendar, now: datetime.datetime) -> None:
        self.calendar = calendar
        self.now = now
        self.today = local(now).date()
        self._week_ends = self.today + datetime.timedelta(days=6 - self.today.weekday())

    def mark(
        self,
        due_at: datetime.datetime | None,
        yellow_at: datetime.datetime | None,
        *,
        suspended: bool = False,
    ) -> DueMark | None:
        """The mark of a deadline; None where there is none."""
        if due_at is None:
            return DueMark("stopped", gettext("clock stopped"), NEVER) if suspended else None
        found = light(due_at, yellow_at, self.now, suspended=suspended)
        # A deadline in days ends at 24:00, which is the first instant of the next day.
        day = local(due_at - _MOMENT).date()
        if found is Light.PAUSED:
            text = gettext("clock stopped")
        elif found is Light.RED:
            text = self._late(due_at, day)
        else:
            text = self._left(due_at, day)
        return DueMark(_KINDS[found], text, self._group(found, day), day_text(day))

    def _group(self, found: Light, day: datetime.date) -> str:
        if found is Light.RED:
            return LATE
        if day <= self.today:
            return TODAY
        return WEEK if day <= self._week_ends else LATER

    def _late(self, due_at: datetime.datetime, day: datetime.date) -> str:
        days = self.calendar.workdays_between(day, self.today)
        if days > 0:
            text = ngettext("{n} working day overdue", "{n} working days overdue", days)
            return text.format(n=days)
        if day == self.today:
            return gettext("overdue since {time}").format(time=_clock(due_at))
        return gettext("overdue")

    def _left(self, due_at: datetime.datetime, day: datetime.date) -> str:
        days = self.calendar.workdays_between(self.today, day)
        if day <= self.today:
            if _at_midnight(due_at):
                return gettext("due today")
            return gettext("due today, {time}").format(time=_clock(due_at))
        if days == 0 or days > FAR:
            return gettext("due {day}").format(day=day_text(day))
        return ngettext("{n} working day left", "{n} working days left", days).format(n=days)


def duration_text(length: datetime.timedelta) -> str:
    """How long something took, in at most two units: 3 d 4 h, 25 min."""
    minutes = max(0, int(length.total_seconds() // 60))
    days, rest = divmod(minutes, 24 * 60)
    hours, minutes = divmod(rest, 60)
    if days:
        text = gettext("{days} d {hours} h") if hours else gettext("{days} d")
    elif hours:
        text = gettext("{hours} h {minutes} min") if minutes else gettext("{hours} h")
    elif minutes:
        text = gettext("{minutes} min")
    else:
        return gettext("less than a minute")
    return text.format(days=days, hours=hours, minutes=minutes)


def _clock(moment: datetime.datetime) -> str:
    return str(time_format(local(moment), "H:i"))


def _at_midnight(moment: datetime.datetime) -> bool:
    return local(moment).time() == datetime.time(0)
