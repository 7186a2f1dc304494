"""What a day is, and counting days: edges of years, holidays, instants, places of their own."""

import time
from datetime import date, timedelta

import pytest

from asp.workdays.arithmetic.calendar import Calendar, Day
from asp.workdays.arithmetic.due import MOST
from asp.workdays.arithmetic.hours import OfficeHours
from asp.workdays.arithmetic.statutory import statutory_days
from tests.asp.workdays.days import ONE, at, calendar, d

CAL = calendar()


def walked(cal: Calendar, start: date, number: int) -> date:
    """The n-th working day after a day, by counting on fingers."""
    day = start
    while number:
        day += ONE
        number -= cal.is_workday(day)
    return day


@pytest.mark.parametrize(
    "start", ["2023-12-29", "2024-02-28", "2024-02-29", "2025-12-31", "2026-02-16", "2026-12-31"]
)
@pytest.mark.parametrize("number", [0, 1, 5, 20, 60, 250, 600])
def test_it_counts_as_fingers_do(start, number):
    assert CAL.due(d(start), number).day == walked(CAL, d(start), number)


def test_every_day_of_five_years_counts_as_fingers_do():
    day = d("2024-01-01")
    while day < d("2029-01-01"):
        assert CAL.nth_after(day, 1) == walked(CAL, day, 1)
        assert CAL.back(CAL.nth_after(day, 20), 20) == (day if CAL.is_workday(day) else CAL.back(day, 1))
        assert CAL.workdays_between(day, CAL.nth_after(day, 45)) == 45
        day += ONE


def test_a_start_in_a_holiday_begins_with_the_first_working_day_after_it():
    assert CAL.due(d("2026-02-18"), 1).day == d("2026-02-24")
    assert CAL.due(d("2026-02-15"), 1).day == d("2026-02-24")


def test_a_leap_day_counts():
    assert CAL.due(d("2024-02-28"), 1).day == d("2024-02-29")
    assert CAL.calendar_due(d("2024-02-28"), 1).day == d("2024-02-29")
    assert CAL.calendar_due(d("2024-02-29"), 366).raw == d("2025-03-01")


def test_the_last_day_of_the_year_is_a_day_as_others():
    assert CAL.due(d("2024-12-30"), 1).day == d("2024-12-31")
    assert CAL.due(d("2024-12-31"), 1).day == d("2025-01-02")
    assert CAL.back(d("2025-01-02"), 1) == d("2024-12-31")


def test_between_is_negative_backwards_and_nothing_on_the_day_itself():
    assert CAL.workdays_between(d("2026-03-02"), d("2026-03-09")) == 5
    assert CAL.workdays_between(d("2026-03-09"), d("2026-03-02")) == -5
    assert CAL.workdays_between(d("2026-03-02"), d("2026-03-02")) == 0


@pytest.mark.parametrize("number", [-1, MOST + 1, 10**12])
def test_absurd_numbers_are_refused(number):
    for count in (CAL.due, CAL.calendar_due, CAL.back):
        with pytest.raises(ValueError):
            count(d("2026-03-02"), number)


# ----- a year without a notice


def test_a_year_without_a_notice_has_weekends_and_thirteen_days_and_says_so():
    days = statutory_days(2027)
    assert len(days) == 13
    assert CAL.is_provisional(2027)
    assert not CAL.is_provisional(2026)
    assert [day for day in days if CAL.is_workday(day)] == []
    assert d("2027-02-05") in days
    assert d("2027-02-06") in days
    assert CAL.name_of(d("2027-06-09")) == "端午节"
    assert not CAL.is_workday(d("2027-02-13")), "without a notice no weekend is worked"


def test_a_due_date_out_of_such_a_year_says_that_it_is_provisional():
    assert not CAL.due(d("2026-12-01"), 20).provisional
    assert CAL.due(d("2026-12-01"), 23).provisional
    assert CAL.due(d("2026-12-31"), 1) == CAL.due(d("2026-12-31"), 1)
    assert CAL.due(d("2026-12-31"), 1).day == d("2027-01-04")
    assert CAL.due(d("2031-01-06"), 5).provisional
    assert CAL.calendar_due(d("2026-12-20"), 15).provisional


@pytest.mark.parametrize(
    ("year", "spring", "qingming", "dragon", "autumn"),
    [
        (2024, "02-10", "04-04", "06-10", "09-17"),
        (2025, "01-29", "04-04", "05-31", "10-06"),
        (2028, "01-26", "04-04", "05-28", "10-03"),
        (2033, "01-31", "04-04", "06-01", "09-08"),
        (2040, "02-12", "04-04", "06-14", "09-20"),
        (2099, "01-21", "04-04", "06-23", "09-29"),
    ],
)
def test_the_lunar_days(year, spring, qingming, dragon, autumn):
    days = statutory_days(year)
    assert {"春节", "清明节"} <= {days[d(f"{year}-{spring}")], days[d(f"{year}-{qingming}")]}
    assert days[d(f"{year}-{dragon}")] == "端午节"
    assert days[d(f"{year}-{autumn}")].endswith("中秋节")


def test_two_festivals_on_one_day_are_one_day_off():
    assert statutory_days(2028)[d("2028-10-03")] == "国庆节、中秋节"
    assert len(statutory_days(2028)) == 12
    assert len(statutory_days(2024)) == 11, "before 2025 there were two fewer"


def test_years_beyond_the_table_do_not_fail():
    for year in (1960, 1999, 2100, 2500):
        assert CAL.is_provisional(year)
        assert CAL.due(date(year, 12, 28), 5).provisional


def test_a_notice_that_reaches_into_the_year_before_is_heard():
    cal = Calendar(confirmed={2019}, special={d("2018-12-31"): Day(False), d("2018-12-29"): Day(True)})
    assert cal.is_workday(d("2018-12-29"))
    assert cal.due(d("2018-12-28"), 1).day == d("2018-12-29")
    assert cal.due(d("2018-12-28"), 2).day == d("2019-01-02"), "the 1st of January is off by law"


# ----- instants


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        ("2026-03-02 03:00", "2026-03-02"),
        ("2026-03-02 12:30", "2026-03-02"),
        ("2026-03-02 17:00", "2026-03-02"),
        ("2026-03-02 17:01", "2026-03-03"),
        ("2026-03-06 17:01", "2026-03-09"),
        ("2026-03-07 10:00", "2026-03-09"),
        ("2026-02-14 10:00", "2026-02-14"),
        ("2026-02-14 18:00", "2026-02-24"),
        ("2026-12-31 23:59", "2027-01-04"),
    ],
)
def test_what_comes_after_hours_or_on_a_day_off_counts_as_the_next_working_day(instant, day):
    assert CAL.received_on(at(instant)) == d(day)


def test_an_instant_is_read_in_shanghai():
    from datetime import UTC, datetime

    assert CAL.received_on(datetime(2026, 3, 2, 8, 59, tzinfo=UTC)) == d("2026-03-02")
    assert CAL.received_on(datetime(2026, 3, 2, 9, 1, tzinfo=UTC)) == d("2026-03-03")
    with pytest.raises(ValueError):
        CAL.received_on(datetime(2026, 3, 2, 9, 1))


def test_a_day_is_over_at_midnight_in_shanghai():
    assert CAL.due(d("2026-03-02"), 1).at.isoformat() == "2026-03-03T16:00:00+00:00"


# ----- a place of its own


def test_local_days_go_before_those_of_the_country():
    local = CAL.with_local(
        {d("2026-04-20"): Day(False, "三月三"), d("2026-05-05"): Day(True, "防汛")},
        OfficeHours.parse("08:00-12:00 14:30-18:00"),
    )
    assert local.due(d("2026-04-17"), 1).day == d("2026-04-21")
    assert local.due(d("2026-04-30"), 1).day == d("2026-05-05")
    assert local.name_of(d("2026-04-20")) == "三月三"
    assert local.received_on(at("2026-03-02 17:30")) == d("2026-03-02")
    assert local.due(d("2025-04-17"), 40) == CAL.due(d("2025-04-17"), 40)
    assert CAL.is_workday(d("2026-04-20")), "the calendar of the country is as it was"
    assert local.is_provisional(2027)


@pytest.mark.parametrize(
    "text",
    ["", "9-12", "09:00-09:00", "09:00-12:00 11:00-17:00", "13:00-17:00 09:00-12:00", "25:00-26:00", "09:00"],
)
def test_office_hours_that_make_no_sense_are_refused(text):
    with pytest.raises(ValueError):
        OfficeHours.parse(text)


# ----- speed


def test_ten_thousand_due_dates_take_well_under_a_second():
    cal = calendar()
    starts = [d("2024-01-01") + timedelta(days=number % 1000) for number in range(10_000)]
    begun = time.process_time()
    for start in starts:
        cal.due(start, 45)
    assert time.process_time() - begun < 1.0
