"""Running deadlines: suspensions, hours of working time, what is left, lights."""

import random
from datetime import date, timedelta

import pytest

from asp.workdays.arithmetic.calendar import Calendar
from asp.workdays.arithmetic.clock import Clock, Light, Unit, light
from asp.workdays.arithmetic.suspensions import Suspension
from tests.asp.workdays.days import ONE, at, calendar, d

CAL = calendar()


def due(clock: Clock) -> date | None:
    found = clock.due(CAL)
    return found.day if found else None


def walked(cal: Calendar, clock: Clock) -> date:
    """The last day of a period, by counting on fingers."""
    day, left = clock.start, clock.amount
    while left:
        day += ONE
        off = any(each.begins <= day < each.ends for each in clock.suspensions)
        counts = not off and (clock.unit is Unit.DAYS or cal.is_workday(day))
        left -= counts
    while clock.unit is Unit.DAYS and not cal.is_workday(day):
        day += ONE
    return day


def test_any_suspensions_count_as_fingers_do():
    chance = random.Random(20260302)
    for _case in range(1500):
        start = d("2025-06-01") + timedelta(days=chance.randrange(600))
        suspensions = []
        for _number in range(chance.randrange(4)):
            begins = start + timedelta(days=chance.randrange(-20, 80))
            suspensions.append(Suspension(begins, begins + timedelta(days=chance.randrange(25))))
        clock = Clock(
            start, chance.randrange(46), chance.choice([Unit.WORKDAYS, Unit.DAYS]), tuple(suspensions)
        )
        expected = walked(CAL, clock)
        assert due(clock) == expected, clock
        if clock.unit is Unit.WORKDAYS and clock.amount:
            evening = at(f"{expected} 18:00")
            assert clock.left(CAL, evening) == 0, clock
            assert clock.left(CAL, evening - timedelta(days=1)) == int(CAL.is_workday(expected)), clock


def test_a_suspension_on_days_off_changes_nothing():
    plain = Clock(d("2026-02-10"), 20)
    for begins, ends in (("2026-02-15", "2026-02-24"), ("2026-03-07", "2026-03-09")):
        assert due(Clock(d("2026-02-10"), 20, suspensions=(Suspension(d(begins), d(ends)),))) == due(plain)


def test_overlapping_suspensions_count_once():
    first, second = Suspension(d("2026-03-10"), d("2026-03-17")), Suspension(d("2026-03-12"), d("2026-03-20"))
    together = Clock(d("2026-03-02"), 20, suspensions=(second, first))
    assert (
        due(together)
        == d("2026-04-10")
        == due(Clock(d("2026-03-02"), 20, suspensions=(Suspension(d("2026-03-10"), d("2026-03-20")),)))
    )


def test_a_suspension_after_the_end_or_before_the_start_changes_nothing():
    plain = due(Clock(d("2026-03-02"), 5))
    for begins, ends in (
        ("2026-03-10", "2026-03-20"),
        ("2026-02-01", "2026-03-02"),
        ("2026-03-04", "2026-03-04"),
    ):
        assert due(Clock(d("2026-03-02"), 5, suspensions=(Suspension(d(begins), d(ends)),))) == plain


def test_nobody_knows_the_end_while_a_suspension_is_open():
    assert due(Clock(d("2026-03-02"), 20, suspensions=(Suspension(d("2026-03-10")),))) is None
    assert due(Clock(d("2026-03-02"), 5, suspensions=(Suspension(d("2026-03-10")),))) == d("2026-03-09")
    assert due(Clock(d("2026-03-02"), 20, Unit.DAYS, (Suspension(d("2026-03-10")),))) is None
    hours = Clock(at("2026-03-02 09:00"), 20, Unit.HOURS, (Suspension(d("2026-03-03")),))
    assert hours.due(CAL) is None


def test_a_suspension_across_a_change_of_the_calendar_shifts_by_the_working_days_of_the_new_one():
    """The same clock on two calendars: before and after the notice of 2026."""
    clock = Clock(d("2026-02-02"), 20, suspensions=(Suspension(d("2026-02-12"), d("2026-03-02")),))
    before, after = clock.due(calendar(2024, 2025)), clock.due(CAL)
    assert before is not None
    assert before.provisional
    assert after is not None
    assert not after.provisional
    # The days that the notice moved lie within the suspension, so nothing moves.
    assert before.day == after.day == d("2026-03-18")
    longer = Clock(d("2026-02-02"), 20, suspensions=(Suspension(d("2026-02-24"), d("2026-03-02")),))
    assert longer.due(calendar(2024, 2025)).day == d("2026-03-12")
    assert longer.due(CAL).day == d("2026-03-13")


def test_a_suspension_may_be_told_in_instants():
    clock = Clock(
        at("2026-03-02 16:59"), 20, suspensions=(Suspension(at("2026-03-10 15:00"), at("2026-03-20 09:00")),)
    )
    assert due(clock) == d("2026-04-10")
    with pytest.raises(ValueError):
        Suspension(d("2026-03-10"), d("2026-03-09"))


# ----- hours


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ("2026-03-02 09:00", 3, "2026-03-02 12:00"),
        ("2026-03-02 09:00", 4, "2026-03-02 14:00"),
        ("2026-03-02 11:30", 1, "2026-03-02 13:30"),
        ("2026-03-02 12:20", 1, "2026-03-02 14:00"),
        ("2026-03-02 16:30", 1, "2026-03-03 09:30"),
        ("2026-03-02 20:00", 7, "2026-03-03 17:00"),
        ("2026-03-06 16:00", 2, "2026-03-09 10:00"),
        ("2026-02-14 16:00", 2, "2026-02-24 10:00"),
        ("2026-12-31 16:00", 2, "2027-01-04 10:00"),
        ("2026-03-02 09:00", 0, "2026-03-02 09:00"),
    ],
)
def test_hours_are_hours_of_working_time(start, hours, end):
    found = Clock(at(start), hours, Unit.HOURS).due(CAL)
    assert found is not None
    assert found.at == at(end)
    assert found.provisional == (end > "2027")


def test_hours_stop_while_suspended():
    gap = Suspension(at("2026-03-02 10:00"), at("2026-03-02 14:00"))
    assert Clock(at("2026-03-02 09:00"), 3, Unit.HOURS, (gap,)).due(CAL).at == at("2026-03-02 16:00")
    day = Suspension(d("2026-03-03"), d("2026-03-04"))
    assert Clock(at("2026-03-02 16:00"), 2, Unit.HOURS, (day,)).due(CAL).at == at("2026-03-04 10:00")


def test_hours_need_an_instant():
    with pytest.raises(ValueError):
        Clock(d("2026-03-02"), 3, Unit.HOURS)
    with pytest.raises(ValueError):
        Clock(d("2026-03-02"), -1)


def test_hours_left():
    clock = Clock(at("2026-03-02 09:00"), 8, Unit.HOURS)
    for moment, left in (
        ("2026-03-02 08:00", 8),
        ("2026-03-02 12:30", 5),
        ("2026-03-02 22:00", 1),
        ("2026-03-03 09:30", 0.5),
        ("2026-03-03 11:00", -1),
    ):
        assert clock.left(CAL, at(moment)) == left


# ----- lights


@pytest.mark.parametrize(
    ("moment", "left", "shown"),
    [
        ("2026-03-02 18:00", 20, "green"),
        ("2026-03-23 18:00", 5, "green"),
        ("2026-03-24 00:01", 4, "yellow"),
        ("2026-03-30 23:59", 0, "yellow"),
        ("2026-03-31 00:00", -1, "red"),
        ("2026-04-01 10:00", -2, "red"),
    ],
)
def test_the_light_of_twenty_days(moment, left, shown):
    clock = Clock(d("2026-03-02"), 20)
    assert (clock.left(CAL, at(moment)), clock.light(CAL, at(moment))) == (left, shown)


def test_the_light_of_a_short_period_is_yellow_with_one_working_day_left():
    clock = Clock(d("2026-03-02"), 3)
    assert clock.light(CAL, at("2026-03-03 10:00")) is Light.GREEN
    assert clock.light(CAL, at("2026-03-04 10:00")) is Light.YELLOW
    weekend = Clock(d("2026-03-05"), 2)  # due on Monday
    assert weekend.light(CAL, at("2026-03-07 10:00")) is Light.YELLOW


def test_the_light_of_hours_goes_by_the_fifth_alone():
    clock = Clock(at("2026-03-02 09:00"), 5, Unit.HOURS)
    assert clock.light(CAL, at("2026-03-02 13:59")) is Light.GREEN
    assert clock.light(CAL, at("2026-03-02 14:00")) is Light.YELLOW
    assert clock.light(CAL, at("2026-03-02 15:00")) is Light.RED


def test_the_light_of_calendar_days():
    clock = Clock(d("2026-02-02"), 15, Unit.DAYS)  # the 17th lies in a holiday: due on the 24th
    assert clock.light(CAL, at("2026-02-13 10:00")) is Light.GREEN
    assert clock.light(CAL, at("2026-02-15 10:00")) is Light.YELLOW, "one working day is left"
    assert clock.light(CAL, at("2026-02-25 00:00")) is Light.RED


def test_a_suspended_clock_shows_neither_haste_nor_ease():
    clock = Clock(d("2026-03-02"), 20, suspensions=(Suspension(d("2026-03-10")),))
    assert clock.light(CAL, at("2026-03-09 10:00")) is Light.GREEN
    assert clock.light(CAL, at("2026-05-11 10:00")) is Light.PAUSED
    assert clock.left(CAL, at("2026-05-11 10:00")) == 15
    late = Clock(d("2026-03-02"), 2, suspensions=(Suspension(d("2026-03-10")),))
    assert late.light(CAL, at("2026-03-11 10:00")) is Light.RED, "what was late stays late"


def test_a_list_shows_the_same_lights_from_what_is_stored():
    chance = random.Random(7)
    for _case in range(60):
        begin = at("2026-01-05 09:00") + timedelta(days=chance.randrange(300), hours=chance.randrange(8))
        unit = chance.choice(list(Unit))
        gap = Suspension(begin + timedelta(days=3), begin + timedelta(days=3 + chance.randrange(9)))
        clock = Clock(begin, chance.randrange(31), unit, (gap,) if chance.random() < 0.5 else ())
        due, yellow = clock.due(CAL), clock.yellow_at(CAL)
        assert begin <= yellow <= max(due.at, begin)
        for hours in range(0, 24 * 45, 11):
            now = begin + timedelta(hours=hours)
            shown = light(due.at, yellow, now, suspended=clock.is_suspended(now))
            assert shown is clock.light(CAL, now)
            if shown is Light.GREEN:
                assert clock.left(CAL, now) > clock.amount * 0.2, (clock, now)
            if shown is Light.YELLOW and unit is Unit.HOURS:
                assert clock.left(CAL, now) <= clock.amount * 0.2
            if shown is Light.YELLOW and unit is Unit.WORKDAYS:
                assert clock.left(CAL, now) <= max(1, clock.amount * 0.2)


def test_the_light_of_what_has_no_end():
    now = at("2026-03-31 00:00")
    assert light(None, None, now) is Light.GREEN
    assert light(None, None, now, suspended=True) is Light.PAUSED
