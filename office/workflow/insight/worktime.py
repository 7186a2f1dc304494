"""Working time between two instants, as one subtraction: for PostgreSQL, which gets the calendar as an array.

The calendar's `Clock` counts one deadline at a time; here hundreds of thousands of spans are measured. `before[n]` is the
working time in seconds from the first day of the table until day n begins, so that the working time until any instant
is a look-up, and the working time of a span the difference of two.
"""

import datetime
from dataclasses import dataclass
from itertools import accumulate, pairwise

from asp.workdays import Calendar
from asp.workdays.arithmetic.hours import MOST_SPANS, SHANGHAI

# China has kept UTC+8 without summer time since 1991: its clock is a constant away.
OFFSET = 8 * 3600
DAY = 86_400
_EPOCH = datetime.date(1970, 1, 1).toordinal()


@dataclass(frozen=True, slots=True)
class Worktime:
    """Working time by the office hours of one calendar. What lies before `first` counts as nothing."""

    first: datetime.date
    before: tuple[int, ...]
    spans: tuple[tuple[int, int], ...]

    @classmethod
    def of(cls, calendar: Calendar, first: datetime.date, last: datetime.date) -> "Worktime":
        """The table for the days from `first` to `last`."""
        spans = tuple((_seconds(begin), _seconds(end)) for begin, end in calendar.hours.spans)
        whole = sum(end - begin for begin, end in spans)
        days = (first + datetime.timedelta(days=each) for each in range((last - first).days + 1))
        worked = (whole if calendar.is_workday(day) else 0 for day in days)
        return cls(first, tuple(accumulate(worked, initial=0)), spans)

    @property
    def day(self) -> int:
        """How many seconds are worked in a working day."""
        return sum(end - begin for begin, end in self.spans)

    def until(self, instant: datetime.datetime) -> float:
        """The working time from the first day of the table until `instant`, in seconds."""
        day, time = divmod(instant.timestamp() + OFFSET, DAY)
        place = min(max(int(day) + _EPOCH - self.first.toordinal(), 0), len(self.before) - 2)
        inside = sum(max(0.0, min(time, end) - begin) for begin, end in self.spans)
        return self.before[place] + min(self.before[place + 1] - self.before[place], inside)

    def between(self, begin: datetime.datetime, end: datetime.datetime) -> float:
        """The working time from `begin` to `end`, in seconds."""
        return self.until(end) - self.until(begin)

    def params(self) -> dict[str, object]:
        """What `statements.worked` asks for."""
        spans = [*self.spans, *[(0, 0)] * (MOST_SPANS - len(self.spans))]
        found: dict[str, object] = {
            "before": list(self.before),
            "today": [after - before for before, after in pairwise(self.before)],
            "origin": self.first.toordinal() - _EPOCH,
            "last_day": len(self.before) - 2,
        }
        for number, (begin, end) in enumerate(spans):
            found[f"open{number}"], found[f"close{number}"] = begin, end
        return found


def _seconds(time: datetime.time) -> int:
    return time.hour * 3600 + time.minute * 60 + time.second


def day_begins(day: datetime.date) -> datetime.datetime:
    """The first instant of a day in Shanghai."""
    return datetime.datetime.combine(day, datetime.time.min, tzinfo=SHANGHAI)
