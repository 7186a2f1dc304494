"""What is looked at: which process, which time, whose instances."""

import datetime
import uuid
from dataclasses import dataclass

from asp.workdays import Calendar
from office.workflow.insight.worktime import Worktime, day_begins

LONGEST = 3 * 366  # days; statements read every step that ended in the period
DEFAULT = 90
EARLIEST = datetime.date(2010, 1, 1)
# Times, ways and returns are measured in the newest so many instances; how many there are is always counted in all.
MOST = 3000
# Steps that ended in the period may have begun long before it.
LOOK_BACK = datetime.timedelta(days=2 * 366)
ONE_DAY = datetime.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Scope:
    """From `first` to `last` (both included, in Shanghai); of one process or all; of starters in `departments` or all."""

    first: datetime.date
    last: datetime.date
    process: uuid.UUID | None = None
    departments: frozenset[uuid.UUID] | None = None

    @property
    def begins(self) -> datetime.datetime:
        """The first instant of the period."""
        return day_begins(self.first)

    @property
    def ends(self) -> datetime.datetime:
        """The first instant after the period."""
        return day_begins(self.last + ONE_DAY)

    def worktime(self, calendar: Calendar, now: datetime.datetime) -> Worktime:
        """The working time of everything that the statements measure."""
        until = max(self.last, now.astimezone(self.begins.tzinfo).date())
        return Worktime.of(calendar, self.first - LOOK_BACK, until + ONE_DAY)

    def params(self, now: datetime.datetime) -> dict[str, object]:
        """What every statement asks for."""
        departments = None if self.departments is None else sorted(self.departments)
        return {
            "process": self.process,
            "departments": departments,
            "begins": self.begins,
            "ends": self.ends,
            "now": now,
            "most": MOST,
            "everything": self.process is None and departments is None,
        }


def period(
    first: datetime.date | None, last: datetime.date | None, today: datetime.date
) -> tuple[datetime.date, datetime.date]:
    """A period that makes sense: not after today, in order, not too long; by default the last DEFAULT days."""
    last = max(min(last or today, today), EARLIEST)
    first = first or last - (DEFAULT - 1) * ONE_DAY
    first = max(first, EARLIEST)
    if first > last:
        first, last = last, min(first, today)
    return max(first, last - (LONGEST - 1) * ONE_DAY), last
