"""Calendars for tests, made from the notices themselves, and short ways to name days."""

from datetime import date, datetime, timedelta

from asp.workdays.arithmetic.calendar import Calendar, Day
from asp.workdays.arithmetic.hours import SHANGHAI

ONE = timedelta(days=1)
# (first, last, name) off; then days worked. Written by hand from the notices, apart from the code that reads them.
OFF = {
    2024: ["01-01", "02-10 02-17", "04-04 04-06", "05-01 05-05", "06-10", "09-15 09-17", "10-01 10-07"],
    2025: ["01-01", "01-28 02-04", "04-04 04-06", "05-01 05-05", "05-31 06-02", "10-01 10-08"],
    2026: [
        "01-01 01-03",
        "02-15 02-23",
        "04-04 04-06",
        "05-01 05-05",
        "06-19 06-21",
        "09-25 09-27",
        "10-01 10-07",
    ],
}
WORKED = {
    2024: "02-04 02-18 04-07 04-28 05-11 09-14 09-29 10-12",
    2025: "01-26 02-08 04-27 09-28 10-11",
    2026: "01-04 02-14 02-28 05-09 09-20 10-10",
}


def d(text: str) -> date:
    return date.fromisoformat(text)


def at(text: str) -> datetime:
    """An instant on Shanghai's clock: "2026-03-02 09:00"."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def off_days(year: int) -> set[date]:
    found = set()
    for span in OFF[year]:
        first, _, last = span.partition(" ")
        day, end = d(f"{year}-{first}"), d(f"{year}-{last or first}")
        while day <= end:
            found.add(day)
            day += ONE
    return found


def worked_days(year: int) -> set[date]:
    return {d(f"{year}-{day}") for day in WORKED[year].split()}


def calendar(*years: int) -> Calendar:
    """The calendar of some of the years 2024–2026; of all without any."""
    years = years or tuple(OFF)
    special = {day: Day(works=False, name="x") for year in years for day in off_days(year)}
    special |= {day: Day(works=True, name="x") for year in years for day in worked_days(year)}
    return Calendar(confirmed=years, special=special)
