"""The health check: known, to be imported, overdue."""

import pytest

from asp.workdays.health_checks import judged
from tests.asp.workdays.days import calendar, d


@pytest.mark.parametrize(
    ("years", "day", "status", "year"),
    [
        ((2025, 2026), "2026-10-31", "ok", 2026),
        ((2025, 2026), "2026-11-01", "warning", 2027),
        ((2025, 2026), "2026-12-31", "warning", 2027),
        ((2025, 2026), "2027-01-01", "wrong", 2027),
        ((2024, 2025), "2024-12-31", "ok", 2024),
    ],
)
def test_it_warns_from_november_on(years, day, status, year):
    found = judged(calendar(*years), d(day))
    assert (found.status, found.params["year"]) == (status, year)
    assert bool(found.advice) == (status != "ok")
