"""What an import would change, before anybody confirms it."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass

from asp.workdays.arithmetic.calendar import Calendar, Day
from asp.workdays.current import load_national
from asp.workdays.deadlines import Changed
from asp.workdays.national.models import Change, Year
from asp.workdays.notice.findings import Reading
from asp.workdays.words import festival_name

ONE_DAY = datetime.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Move:
    """A day that is worked now and would be off, or the other way round."""

    day: datetime.date
    works: bool
    name: str


@dataclass(frozen=True, slots=True)
class Preview:
    """A reading held against the calendar. `number` is what the preview was made from."""

    reading: Reading
    number: int
    replaces: Year | None
    provisional: bool
    moves: list[Move]
    changed: Changed
    after: Calendar

    @property
    def off(self) -> int:
        """How many days the text has off."""
        return sum(not told.works for told in self.reading.days.values())

    @property
    def worked(self) -> int:
        """How many weekend days the text has worked."""
        return sum(told.works for told in self.reading.days.values())


def preview_of(reading: Reading, *, provisional: bool = False) -> Preview:
    """Compare a reading with the calendar of the country."""
    year = reading.year
    number = Change.objects.order_by("-number").values_list("number", flat=True).first() or 0
    before = load_national()
    special: dict[object, Day] = {day: Day(each.works, each.name) for day, each in reading.days.items()}
    after = load_national(without=year, special=special)
    moves = [
        Move(day, after.is_workday(day), festival_name(after.name_of(day) or before.name_of(day)))
        for day in _days(year)
        if before.is_workday(day) != after.is_workday(day)
    ]
    # Deadlines of the whole year are looked at: what was provisional no longer is.
    first = min([datetime.date(year, 1, 1), *(each.day for each in moves)])
    return Preview(
        reading=reading,
        number=number,
        replaces=Year.objects.filter(year=year).first(),
        provisional=provisional,
        moves=moves,
        changed=Changed(first, datetime.date(year, 12, 31)),
        after=after,
    )


def _days(year: int) -> Iterator[datetime.date]:
    day = datetime.date(year - 1, 12, 1)
    while day.year <= year:
        yield day
        day += ONE_DAY
