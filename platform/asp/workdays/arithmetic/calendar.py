"""The calendar as a value: which days are worked, and what follows from it."""

import datetime
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from asp.workdays.arithmetic.due import MOST, Due, day_ends
from asp.workdays.arithmetic.hours import DEFAULT_HOURS, SHANGHAI, OfficeHours
from asp.workdays.arithmetic.statutory import statutory_days
from asp.workdays.arithmetic.years import YearTable

ONE_DAY = datetime.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Day:
    """A day that is not what its weekday says: off or worked, and what it is called."""

    works: bool
    name: str = ""
    local: bool = False


class Calendar:
    """Working days of one place. Immutable; tables of years are made when they are first asked for.

    `confirmed` are the years whose notice (国务院办公厅关于部分节假日安排的通知) is known; every other year is weekends
    and statutory days only, and provisional. `special` are the days that notices name. Dates are days in
    Asia/Shanghai, instants are aware datetimes. A calendar of another place is made by `with_local`.
    """

    def __init__(
        self,
        *,
        confirmed: Collection[int] = (),
        special: Mapping[datetime.date, Day] | None = None,
        hours: OfficeHours = DEFAULT_HOURS,
    ) -> None:
        self.hours = hours
        self._confirmed = frozenset(confirmed)
        self._special = dict(special or {})
        self._local: dict[datetime.date, Day] = {}
        self._base: Calendar | None = None
        self._tables: dict[int, YearTable] = {}

    def with_local(self, local: Mapping[datetime.date, Day], hours: OfficeHours | None = None) -> "Calendar":
        """Return this calendar with days and hours of a place of its own; years without them are shared."""
        made = Calendar(confirmed=self._confirmed, special=self._special, hours=hours or self.hours)
        made._local = {day: Day(each.works, each.name, local=True) for day, each in local.items()}
        made._base = self
        return made

    # --- what a day is

    def special(self, day: datetime.date) -> Day | None:
        """Return what makes `day` other than its weekday says; None for an ordinary day."""
        found = self._local.get(day) or self._special.get(day)
        if found is None:
            # By law, whatever a notice forgets; notices name them all.
            name = statutory_days(day.year).get(day)
            return Day(works=False, name=name) if name else None
        return found

    def is_workday(self, day: datetime.date) -> bool:
        """Whether `day` is worked."""
        found = self.special(day)
        return found.works if found else day.weekday() < 5

    def name_of(self, day: datetime.date) -> str:
        """Return what a special day is called, as the notice or the office says it; empty for others."""
        found = self.special(day)
        return found.name if found else ""

    def is_provisional(self, year: int) -> bool:
        """Whether the notice of `year` is not known: its days may still change."""
        return year not in self._confirmed

    # --- counting

    def due(self, start: datetime.date, workdays: int) -> Due:
        """Return the `workdays`-th working day after `start`, which itself does not count (民法典 201).

        0 is the day itself. Raises ValueError for a negative number or more than MOST.
        """
        return self._due_on(start, self.nth_after(start, workdays))

    def calendar_due(self, start: datetime.date, days: int) -> Due:
        """Return the day `days` calendar days after `start`; a last day that is off moves on (民法典 203).

        `raw` of the answer is the day before it was moved. Raises as `due`.
        """
        _check(days)
        raw = start + days * ONE_DAY
        return self._due_on(start, self.on_or_after(raw), raw=raw)

    def nth_after(self, day: datetime.date, number: int) -> datetime.date:
        """Return the `number`-th working day after `day` as a bare date; raises as `due`."""
        _check(number)
        if number == 0:
            return day
        year, table = day.year, self._table(day.year)
        place = table.until(day.toordinal()) + number
        while place > table.count:
            place -= table.count
            year += 1
            table = self._table(year)
        return datetime.date.fromordinal(table.workdays[place - 1])

    def back(self, day: datetime.date, number: int) -> datetime.date:
        """Return the `number`-th working day before `day`; 0 is the day itself. Raises as `due`."""
        _check(number)
        if number == 0:
            return day
        year, table = day.year, self._table(day.year)
        place = table.until(day.toordinal() - 1) - number
        while place < 0:
            year -= 1
            table = self._table(year)
            place += table.count
        return datetime.date.fromordinal(table.workdays[place])

    def on_or_after(self, day: datetime.date) -> datetime.date:
        """Return `day` if it is worked, else the next working day."""
        return day if self.is_workday(day) else self.nth_after(day, 1)

    def workdays_between(self, after: datetime.date, until: datetime.date) -> int:
        """Count the working days after `after` up to and including `until`; negative if it lies before."""
        if until < after:
            return -self.workdays_between(until, after)
        counted = self._table(until.year).until(until.toordinal())
        counted -= self._table(after.year).until(after.toordinal())
        return counted + sum(self._table(year).count for year in range(after.year, until.year))

    def received_on(self, instant: datetime.datetime) -> datetime.date:
        """Return the day on which what arrives at `instant` counts as received.

        After office hours or on a day off it is the next working day. Raises ValueError for a naive instant.
        """
        moment = local(instant)
        day = moment.date()
        if self.is_workday(day) and moment.time() <= self.hours.closes:
            return day
        return self.nth_after(day, 1)

    def is_uncertain(self, first: datetime.date, last: datetime.date) -> bool:
        """Whether the days from `first` to `last` touch a provisional year."""
        return any(self.is_provisional(year) for year in range(first.year, last.year + 1))

    # --- inside

    def _due_on(self, start: datetime.date, day: datetime.date, raw: datetime.date | None = None) -> Due:
        return Due(day=day, at=day_ends(day), raw=raw or day, provisional=self.is_uncertain(start, day))

    def _table(self, year: int) -> YearTable:
        table = self._tables.get(year)
        if table is None:
            if self._base is not None and not any(day.year == year for day in self._local):
                table = self._base._table(year)
            else:
                table = YearTable.build(year, self.is_workday)
            self._tables[year] = table
        return table


def local(instant: datetime.datetime) -> datetime.datetime:
    """Return an instant on Shanghai's clock. Raises ValueError for a naive one."""
    if instant.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    return instant.astimezone(SHANGHAI)


def _check(number: int) -> None:
    if not 0 <= number <= MOST:
        raise ValueError(f"cannot count {number} days")
