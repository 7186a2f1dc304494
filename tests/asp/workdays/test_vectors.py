"""The shared test vectors, each one; counted on what the database holds in test_seeded.py as well."""

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from asp.workdays.arithmetic.calendar import Calendar
from asp.workdays.arithmetic.clock import Clock, Unit
from asp.workdays.arithmetic.suspensions import Suspension
from tests.asp.workdays.days import calendar, d

VECTORS: dict[str, Any] = json.loads((Path(__file__).parents[2] / "data" / "vectors.json").read_text())
# The list of months leaves out July and December, which have 23 each.
MONTHS = (1, 2, 3, 4, 5, 6, 8, 9, 10, 11)


def check_all(cal: Calendar) -> None:
    """Hold every vector of working days against a calendar."""
    for each in VECTORS["workday_due"]:
        assert cal.due(d(each["start"]), each["n"]).day == d(each["due"]), each
        assert Clock(d(each["start"]), each["n"]).due(cal).day == d(each["due"]), each
        assert cal.back(d(each["due"]), each["n"]) <= d(each["start"]) + timedelta(days=1), each
    for each in VECTORS["workday_suspended"]:
        start, n = d(each["start"]), each["n"]
        stop, on = d(each["suspend_from"]), d(each["resume_on"])
        assert cal.due(start, n).day == d(each["due_without"])
        assert Clock(start, n, suspensions=(Suspension(stop, on),)).due(cal).day == d(each["due"])
        counted = cal.workdays_between(stop - timedelta(days=1), on - timedelta(days=1))
        assert counted == each["suspended_workdays"]
        assert cal.due(d(each["due_without"]), counted).day == d(each["due"])
    for each in VECTORS["calendar_days"]:
        found = cal.calendar_due(d(each["start"]), each["days"])
        assert (found.raw, found.day) == (d(each["raw"]), d(each["rolled"])), each
        assert Clock(d(each["start"]), each["days"], Unit.DAYS).due(cal) == found
    assert not any(cal.is_workday(d(each)) for each in VECTORS["not_workday_2026"])
    assert all(cal.is_workday(d(each)) for each in VECTORS["workday_weekend_2026"])
    assert [per_month(cal, month) for month in MONTHS] == VECTORS["workdays_per_month_2026"]
    assert [per_month(cal, month) for month in (7, 12)] == [23, 23]


def per_month(cal: Calendar, month: int) -> int:
    first = date(2026, month, 1)
    last = date(2026 + month // 12, month % 12 + 1, 1) - timedelta(days=1)
    return cal.workdays_between(first - timedelta(days=1), last)


def test_all_vectors_hold():
    check_all(calendar())


def test_the_vectors_would_notice_a_wrong_day():
    with pytest.raises(AssertionError):
        check_all(calendar(2024, 2025))


def test_silence_until_the_fifth_day_counts_from_the_day_of_receipt():
    """行政许可法 32(4): accepted as from the day of receipt, so the twenty days run from there."""
    cal = calendar()
    assert cal.due(d("2026-02-10"), 5).day == d("2026-02-24")
    assert cal.due(d("2026-02-10"), 20).day == d("2026-03-16")
