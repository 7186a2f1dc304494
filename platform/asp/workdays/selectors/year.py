"""A year as twelve months of days, for the eye."""

import calendar as weeks
import datetime
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from asp.ui.moments import today
from asp.workdays.arithmetic.calendar import Calendar
from asp.workdays.words import WEEKDAYS, festival_name, months_of_year

MARKS = {
    "off": pgettext_lazy("mark of a day off, as short as can be", "off"),
    "work": pgettext_lazy("mark of a weekend day that is worked, as short as can be", "on"),
}
KINDS = {
    "off": _("Day off"),
    "work": _("Weekend day that is worked"),
    "local-off": _("Day off in this office"),
    "local-work": _("Day worked in this office"),
}
SHORT_WEEKDAYS = (
    pgettext_lazy("weekday, as short as can be", "Mo"),
    pgettext_lazy("weekday, as short as can be", "Tu"),
    pgettext_lazy("weekday, as short as can be", "We"),
    pgettext_lazy("weekday, as short as can be", "Th"),
    pgettext_lazy("weekday, as short as can be", "Fr"),
    pgettext_lazy("weekday, as short as can be", "Sa"),
    pgettext_lazy("weekday, as short as can be", "Su"),
)


@dataclass(frozen=True, slots=True)
class Cell:
    """One day: `kind` is off, work, local-off, local-work, rest (a weekend) or empty."""

    date: datetime.date
    kind: str
    name: str
    is_today: bool

    @property
    def mark(self) -> str | Promise:
        """The word in its corner."""
        return MARKS.get(self.kind.removeprefix("local-"), "")

    @property
    def title(self) -> str:
        """What is said of it; empty for ordinary days."""
        if self.kind not in KINDS:
            return ""
        said = str(KINDS[self.kind])
        return f"{said}: {self.name}" if self.name else said


@dataclass(frozen=True, slots=True)
class Month:
    """A month in weeks that begin on Monday; None where another month's day would stand."""

    name: str
    weeks: list[list[Cell | None]]
    workdays: int


@dataclass(frozen=True, slots=True)
class YearView:
    """Everything a page shows of one year."""

    year: int
    months: list[Month]
    provisional: bool
    workdays: int
    weekdays: list[tuple[str | Promise, str | Promise]]
    legend: list[tuple[str, str | Promise, str | Promise]]


def year_view(calendar: Calendar, year: int) -> YearView:
    """Return the year as `calendar` has it."""
    now = today()
    names = months_of_year()
    months = [_month(calendar, year, number, names[number - 1], now) for number in range(1, 13)]
    return YearView(
        year=year,
        months=months,
        provisional=calendar.is_provisional(year),
        workdays=sum(each.workdays for each in months),
        weekdays=list(zip(SHORT_WEEKDAYS, WEEKDAYS, strict=True)),
        legend=[(kind, MARKS[kind.removeprefix("local-")], said) for kind, said in KINDS.items()],
    )


def _month(calendar: Calendar, year: int, number: int, name: str, now: datetime.date) -> Month:
    rows = [
        [_cell(calendar, day, now) if day.month == number else None for day in week]
        for week in weeks.Calendar().monthdatescalendar(year, number)
    ]
    days = [cell.date for row in rows for cell in row if cell]
    return Month(name, rows, sum(calendar.is_workday(day) for day in days))


def _cell(calendar: Calendar, day: datetime.date, now: datetime.date) -> Cell:
    special = calendar.special(day)
    weekend = day.weekday() >= 5
    kind = "rest" if weekend else ""
    if special is not None and (special.local or special.works == weekend or not special.works):
        kind = ("local-" if special.local else "") + ("work" if special.works else "off")
    return Cell(day, kind, festival_name(special.name) if special else "", day == now)
