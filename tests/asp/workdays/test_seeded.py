"""What a fresh host knows, seen from the host and from an office; and who may write it."""

import pytest
from django.db import DatabaseError, connection, transaction

from asp.workdays import calendar_for_site
from asp.workdays.current import national_calendar
from asp.workdays.national.models import Change, Day, Year
from tenants.context import bureau_context, host_context
from tests.asp.workdays.days import d, off_days, worked_days
from tests.asp.workdays.notices import NOTICE_2024, NOTICE_2025, NOTICE_2026
from tests.asp.workdays.test_vectors import check_all


def test_the_vectors_hold_on_what_the_database_has(bureau_a):
    with host_context():
        check_all(national_calendar().calendar)
        check_all(calendar_for_site())
    with bureau_context(bureau_a):
        check_all(calendar_for_site())


@pytest.mark.parametrize("year", [2024, 2025, 2026])
def test_the_seed_is_what_the_notices_say(year):
    with host_context():
        days = Day.objects.filter(year__year=year)
        assert {each.date for each in days if not each.works} == off_days(year)
        assert {each.date for each in days if each.works} == worked_days(year)


def test_the_seeded_names_are_those_that_reading_the_notices_gives():
    from asp.workdays.notice.reading import read

    with host_context():
        for year, text in ((2024, NOTICE_2024), (2025, NOTICE_2025), (2026, NOTICE_2026)):
            told = {day: (each.works, each.name) for day, each in read(text, year).days.items()}
            seeded = {each.date: (each.works, each.name) for each in Day.objects.filter(year__year=year)}
            assert told == seeded
            assert read(text, year).number == Year.objects.get(year=year).number


def test_offices_read_the_countrys_calendar_and_cannot_write_it(bureau_a):
    with bureau_context(bureau_a):
        assert Year.objects.filter(year=2026).exists()
        day = Day.objects.filter(date=d("2026-10-01")).get()
        for act in (
            lambda: Day.objects.filter(pk=day.pk).update(works=True),
            lambda: Day.objects.filter(pk=day.pk).delete(),
            lambda: Change.objects.create(
                number=99,
                year=2026,
                source="table",
                first=day.date,
                last=day.date,
                moved=0,
                made_at="2026-01-01T00:00Z",
            ),
            lambda: Year.objects.filter(year=2026).update(provisional=True),
        ):
            with pytest.raises(DatabaseError), transaction.atomic():
                act()
    with host_context():
        assert not Day.objects.get(pk=day.pk).works


def test_the_country_is_read_once_and_asked_about_with_one_statement(bureau_a, django_assert_num_queries):
    with bureau_context(bureau_a):
        first = calendar_for_site()
        with django_assert_num_queries(1):
            assert calendar_for_site() is first
        assert connection.in_atomic_block is False
