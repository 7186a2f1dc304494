"""Times that do not count: hearings, inspections, expert reviews (行政许可法 45), and whatever else stops a clock."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from asp.workdays.arithmetic.calendar import local
from asp.workdays.arithmetic.hours import SHANGHAI

Moment = datetime.date | datetime.datetime


@dataclass(frozen=True, slots=True)
class Suspension:
    """From `begins` on nothing counts, until `ends`, which counts again; None: nobody knows yet.

    Days or instants; a day begins at 0:00. Raises ValueError if it ends before it begins.
    """

    begins: Moment
    ends: Moment | None = None

    def __post_init__(self) -> None:
        if self.ends is not None and as_instant(self.ends) < as_instant(self.begins):
            raise ValueError("a suspension cannot end before it begins")


def as_day(moment: Moment) -> datetime.date:
    """Return the day in Shanghai."""
    return local(moment).date() if isinstance(moment, datetime.datetime) else moment


def as_instant(moment: Moment) -> datetime.datetime:
    """Return the instant; of a day its first."""
    if isinstance(moment, datetime.datetime):
        return local(moment)
    return datetime.datetime.combine(moment, datetime.time.min, tzinfo=SHANGHAI)


def day_gaps(suspensions: Iterable[Suspension]) -> list[tuple[datetime.date, datetime.date]]:
    """Return the days that do not count as [first, next counting day), in order, those that overlap made one."""
    return _merged(
        (as_day(each.begins), datetime.date.max if each.ends is None else as_day(each.ends))
        for each in suspensions
    )


def time_gaps(suspensions: Iterable[Suspension]) -> list[tuple[datetime.datetime, datetime.datetime]]:
    """The same for instants."""
    return _merged(
        (as_instant(each.begins), FOREVER if each.ends is None else as_instant(each.ends))
        for each in suspensions
    )


FOREVER = datetime.datetime.max.replace(tzinfo=SHANGHAI)


M = TypeVar("M", datetime.date, datetime.datetime)


def _merged(pairs: Iterable[tuple[M, M]]) -> list[tuple[M, M]]:
    merged: list[tuple[M, M]] = []
    for begin, end in sorted(pair for pair in pairs if pair[0] < pair[1]):
        if merged and begin <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((begin, end))
    return merged
