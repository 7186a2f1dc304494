"""The calendar of the country is one for a worker's whole database: who changes it puts it back."""

from collections.abc import Iterator

import pytest


@pytest.fixture
def country() -> Iterator[None]:
    """The seeded calendar, restored afterwards."""
    from asp.workdays.national.models import Change, Day, Year
    from tenants.context import host_context

    with host_context():
        years = list(Year.objects.all())
        days = list(Day.objects.all())
    yield
    with host_context():
        Year.objects.all().delete()
        Year.objects.bulk_create(years)
        Day.objects.bulk_create(days)
        # Numbers only go up, so that nobody takes the old calendar for a newer one.
        last = Change.objects.first()
        Change.objects.create(
            number=last.number + 1,
            year=2026,
            source="table",
            first="2026-01-01",
            last="2026-12-31",
            moved=0,
            made_at=last.made_at,
        )


@pytest.fixture
def library_has_deadlines(monkeypatch) -> None:
    """The function `library` stores deadlines during one test."""
    from tests.asp.workdays import sources

    sources.declare(monkeypatch)
