"""A running deadline: when it is due, what is left, and its light."""

import datetime
from dataclasses import dataclass, replace
from enum import StrEnum

from asp.workdays.arithmetic.calendar import ONE_DAY, Calendar, local
from asp.workdays.arithmetic.due import MOST, Due, day_ends
from asp.workdays.arithmetic.suspensions import (
    FOREVER,
    Moment,
    Suspension,
    as_day,
    as_instant,
    day_gaps,
    time_gaps,
)

YELLOW_SHARE = 0.2
YELLOW_WORKDAYS = 1


class Unit(StrEnum):
    """In what a period is counted; the values are those of `tb:deadline` in process definitions."""

    WORKDAYS = "workdays"
    DAYS = "days"
    HOURS = "hours"


class Light(StrEnum):
    """How a deadline stands (红黄绿灯). PAUSED: it is suspended now and was not late before."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class Clock:
    """A period: `amount` of `unit` after `start`, without what `suspensions` take out.

    Working days and calendar days begin on the day after `start`; an instant counts as its day (use
    `Calendar.received_on` where after hours means tomorrow). Hours are hours of working time, beginning with the
    instant itself. Raises ValueError for an amount below 0 or above MOST, and for hours without an instant.
    """

    start: Moment
    amount: int
    unit: Unit = Unit.WORKDAYS
    suspensions: tuple[Suspension, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "unit", Unit(self.unit))
        if not 0 <= self.amount <= MOST:
            raise ValueError(f"a period of {self.amount} {self.unit}")
        if self.unit is Unit.HOURS and not isinstance(self.start, datetime.datetime):
            raise ValueError("hours are counted from an instant")

    # --- when

    def due(self, calendar: Calendar) -> Due | None:
        """Return when the period ends; None while a suspension without an end stands before that."""
        if self.unit is Unit.HOURS:
            return self._due_in_hours(calendar)
        start = as_day(self.start)
        last = self._last_workday(calendar) if self.unit is Unit.WORKDAYS else self._last_day()
        if last is None:
            return None
        day = last if self.unit is Unit.WORKDAYS else calendar.on_or_after(last)
        return Due(day=day, at=day_ends(day), raw=last, provisional=calendar.is_uncertain(start, day))

    def _last_workday(self, calendar: Calendar) -> datetime.date | None:
        day, left = as_day(self.start), self.amount
        for begin, end in day_gaps(self.suspensions):
            before = max(begin - ONE_DAY, day)
            free = calendar.workdays_between(day, before)
            if left <= free:
                break
            if end == datetime.date.max:
                return None
            left -= free
            day = max(day, end - ONE_DAY)
        return calendar.nth_after(day, left)

    def _last_day(self) -> datetime.date | None:
        day, left = as_day(self.start), self.amount
        for begin, end in day_gaps(self.suspensions):
            free = (max(begin - ONE_DAY, day) - day).days
            if left <= free:
                break
            if end == datetime.date.max:
                return None
            left -= free
            day = max(day, end - ONE_DAY)
        return day + left * ONE_DAY

    def _due_in_hours(self, calendar: Calendar) -> Due | None:
        start = as_instant(self.start)
        at = self._after(calendar, datetime.timedelta(hours=self.amount))
        if at is None:
            return None
        moment = at.astimezone(datetime.UTC)
        sure = not calendar.is_uncertain(start.date(), at.date())
        return Due(day=at.date(), at=moment, raw=at.date(), provisional=not sure)

    def _after(self, calendar: Calendar, left: datetime.timedelta) -> datetime.datetime | None:
        """Return the instant at which so much working time is over."""
        at = start = as_instant(self.start)
        gaps = time_gaps(self.suspensions)
        day = start.date()
        while left:
            if gaps and gaps[-1][1] == FOREVER and day > gaps[-1][0].date():
                return None
            for begin, end in _working(calendar, day, start, gaps):
                if left <= end - begin:
                    at, left = begin + left, datetime.timedelta()
                    break
                left -= end - begin
            day = calendar.nth_after(day, 1)
        return at

    # --- how it stands

    def left(self, calendar: Calendar, now: datetime.datetime) -> float:
        """Return how much is left at `now`, in the clock's unit; negative once it is late.

        Working days: those after today until the last one, so 0 on the last day. Suspended ones are not among
        them. Hours: of working time, with fractions.
        """
        today = local(now).date()
        if self.unit is Unit.HOURS:
            return self._hours_left(calendar, local(now))
        start = as_day(self.start)
        if self.unit is Unit.WORKDAYS:
            return self.amount - self._counted(calendar, start, today)
        due = self.due(calendar)
        if due is not None:
            return (due.day - today).days
        gone = sum((_overlap(begin, end, start, today) for begin, end in day_gaps(self.suspensions)), 0)
        return self.amount - ((today - start).days - gone)

    def _counted(self, calendar: Calendar, start: datetime.date, today: datetime.date) -> int:
        """How many days of the period are over: working days in (start, today], without suspended ones."""
        if today <= start:
            return 0
        counted = calendar.workdays_between(start, today)
        for begin, end in day_gaps(self.suspensions):
            first, last = max(begin - ONE_DAY, start), min(end - ONE_DAY, today)
            if first < last:
                counted -= calendar.workdays_between(first, last)
        return counted

    def _hours_left(self, calendar: Calendar, now: datetime.datetime) -> float:
        start, gaps = as_instant(self.start), time_gaps(self.suspensions)
        gone, day = datetime.timedelta(), start.date()
        while day <= now.date():
            spans = _working(calendar, day, start, gaps)
            gone += sum((min(end, now) - begin for begin, end in spans if begin < now), datetime.timedelta())
            day = calendar.nth_after(day, 1)
        return self.amount - gone / datetime.timedelta(hours=1)

    def is_suspended(self, now: datetime.datetime) -> bool:
        """Whether nothing counts at `now`."""
        if self.unit is Unit.HOURS:
            return any(begin <= local(now) < end for begin, end in time_gaps(self.suspensions))
        today = local(now).date()
        return any(begin <= today < end for begin, end in day_gaps(self.suspensions))

    def light(self, calendar: Calendar, now: datetime.datetime) -> Light:
        """Return the light at `now`.

        Red once it is late; yellow when at most a fifth or, counted in days, one working day is left. Hours go by
        the fifth alone: a deadline of four hours would be yellow from its first minute.
        """
        due = self.due(calendar)
        suspended = self.is_suspended(now)
        return light(due.at if due else None, self.yellow_at(calendar), now, suspended=suspended)

    def yellow_at(self, calendar: Calendar) -> datetime.datetime | None:
        """Return the instant (UTC) from which the light is yellow; None if no end is known.

        What lists store beside the due time, so that they show lights without a calendar.
        """
        due = self.due(calendar)
        if due is None:
            return None
        start = as_instant(self.start)
        if self.unit is Unit.HOURS:
            found = self._after(calendar, datetime.timedelta(hours=self.amount * (1 - YELLOW_SHARE)))
            return (found or due.at).astimezone(datetime.UTC)
        if self.unit is Unit.WORKDAYS:
            passed = self.amount - max(YELLOW_WORKDAYS, int(self.amount * YELLOW_SHARE))
            day = replace(self, amount=passed)._last_workday(calendar) if passed > 0 else None
        else:
            by_share = due.day - int(self.amount * YELLOW_SHARE) * ONE_DAY
            day = min(by_share, calendar.back(due.day, YELLOW_WORKDAYS))
        return max(as_instant(day) if day else start, start).astimezone(datetime.UTC)


def light(
    due_at: datetime.datetime | None,
    yellow_at: datetime.datetime | None,
    now: datetime.datetime,
    *,
    suspended: bool = False,
) -> Light:
    """Return the light of a deadline from what is stored of it: `Due.at`, `Clock.yellow_at`, whether it is suspended."""
    if due_at is not None and now >= due_at:
        return Light.RED
    if suspended:
        return Light.PAUSED
    return Light.YELLOW if yellow_at is not None and now >= yellow_at else Light.GREEN


def _working(
    calendar: Calendar,
    day: datetime.date,
    start: datetime.datetime,
    gaps: list[tuple[datetime.datetime, datetime.datetime]],
) -> list[tuple[datetime.datetime, datetime.datetime]]:
    """Return the working time of one day from `start` on, without the gaps."""
    if not calendar.is_workday(day):
        return []
    found = []
    for begin, end in calendar.hours.of(day):
        at = max(begin, start)
        for off, on in gaps:
            if off >= end:
                break
            if at < min(off, end):
                found.append((at, off))
            at = max(at, on)
        if at < end:
            found.append((at, end))
    return found


def _overlap(begin: datetime.date, end: datetime.date, start: datetime.date, today: datetime.date) -> int:
    """How many days of [begin, end) lie in (start, today]."""
    return max(0, (min(end - ONE_DAY, today) - max(begin - ONE_DAY, start)).days)
