"""Working time by subtraction agrees with the calendar's own clock."""

import datetime
import random

import pytest

from asp.workdays import Calendar, Clock, Unit
from asp.workdays.arithmetic.calendar import Day
from asp.workdays.arithmetic.hours import SHANGHAI
from office.workflow.insight.worktime import Worktime

# Days of the Spring Festival as in 2026, one Saturday worked.
SPECIAL = {datetime.date(2026, 2, each): Day(works=False, name="春节") for each in range(16, 24)} | {
    datetime.date(2026, 2, 28): Day(works=True)
}
CALENDAR = Calendar(confirmed=[2026], special=SPECIAL)
TABLE = Worktime.of(CALENDAR, datetime.date(2026, 1, 1), datetime.date(2026, 4, 1))
HOUR = 3600


def at(month: int, day: int, hour: int, minute: int = 0) -> datetime.datetime:
    return datetime.datetime(2026, month, day, hour, minute, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("begin", "end", "hours"),
    [
        (at(3, 2, 9), at(3, 2, 11), 2),
        (at(3, 2, 11), at(3, 2, 14), 2),  # lunch
        (at(3, 2, 16), at(3, 3, 10), 2),  # a night
        (at(3, 6, 16), at(3, 9, 10), 2),  # a weekend
        (at(2, 13, 16), at(2, 24, 10), 2),  # the festival
        (at(2, 27, 16), at(3, 2, 10), 9),  # a Saturday that is worked
        (at(3, 7, 9), at(3, 8, 17), 0),
        (at(3, 2, 3), at(3, 2, 22), 7),
    ],
)
def test_it_counts_office_hours(begin, end, hours):
    assert TABLE.between(begin, end) == hours * HOUR


def test_it_agrees_with_the_clock_of_deadlines():
    chance = random.Random(4)
    for _ in range(300):
        begin = at(1, 5, 9) + datetime.timedelta(minutes=chance.randrange(60 * 24 * 60))
        end = begin + datetime.timedelta(minutes=chance.randrange(60 * 24 * 20))
        clock = Clock(begin, 0, Unit.HOURS)
        assert TABLE.between(begin, end) == pytest.approx(-clock.left(CALENDAR, end) * HOUR, abs=1)


def test_what_lies_before_the_table_counts_as_nothing():
    assert TABLE.until(datetime.datetime(2020, 1, 1, tzinfo=SHANGHAI)) == 0
