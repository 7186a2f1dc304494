"""Times of events after ISO 8601, and the clock they are read from."""

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from office.workflow.bpmn import limits

HERE = ZoneInfo("Asia/Shanghai")
UNITS = ("workdays", "days", "hours")
_DURATION = re.compile(
    r"P(?:(\d{1,4})Y)?(?:(\d{1,5})M)?(?:(\d{1,5})W)?(?:(\d{1,5})D)?"
    r"(?:T(?:(\d{1,6})H)?(?:(\d{1,7})M)?(?:(\d{1,8})S)?)?"
)
_CYCLE = re.compile(r"R(\d{1,4})?/(P[^/]+)")


@dataclass(frozen=True, slots=True)
class Duration:
    """A span of months and seconds; months are as long as they are."""

    months: int
    seconds: int

    def after(self, start: datetime) -> datetime:
        """`start` and this span."""
        month = start.month - 1 + self.months
        year, month = start.year + month // 12, month % 12 + 1
        day = min(start.day, monthrange(year, month)[1])
        return start.replace(year=year, month=month, day=day) + timedelta(seconds=self.seconds)


def duration(text: str) -> Duration:
    """Read `P3D`, `PT36H`, `P1M2DT30M`. Raises ValueError, also for nothing and for more than ten years."""
    found = _DURATION.fullmatch(text.strip().upper())
    if found is None or text.strip().upper().endswith(("P", "T")):
        raise ValueError(text)
    years, months, weeks, days, hours, minutes, seconds = (int(each or 0) for each in found.groups())
    span = Duration(years * 12 + months, ((weeks * 7 + days) * 24 + hours) * 3600 + minutes * 60 + seconds)
    if not 0 < span.months * 28 * 86400 + span.seconds <= limits.YEARS * 366 * 86400:
        raise ValueError(text)
    return span


def cycle(text: str) -> tuple[int, Duration]:
    """Read `R3/PT24H` as how often and how long between. Raises ValueError; without a number it is 100."""
    found = _CYCLE.fullmatch(text.strip().upper())
    if found is None:
        raise ValueError(text)
    times = int(found[1]) if found[1] else 100
    if not 0 < times <= 1000:
        raise ValueError(text)
    return times, duration(found[2])


def instant(text: str) -> datetime:
    """Read a date or a date with time as UTC; without a zone it is China's. Raises ValueError."""
    moment = datetime.fromisoformat(text.strip())
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=HERE)
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError(text) from None


def _calendar_days(start: datetime, amount: int, unit: str) -> datetime:
    if unit == "workdays":
        raise LookupError("working days need a calendar")
    return start + (timedelta(days=amount) if unit == "days" else timedelta(hours=amount))


@dataclass(frozen=True, slots=True)
class Clock:
    """Where the engine takes the time from.

    `now` gives an aware instant; `after(start, amount, unit)` gives the instant that lies so many workdays,
    days or hours later: working days need the calendar of `asp.workdays`.
    """

    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    after: Callable[[datetime, int, str], datetime] = _calendar_days
