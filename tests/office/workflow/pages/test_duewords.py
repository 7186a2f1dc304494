"""Deadlines in words: days left, today, overdue, and under which heading."""

import datetime

import pytest
from django.utils.translation import override

from asp.ui.moments import SHANGHAI
from asp.workdays import Calendar
from office.workflow.duewords import LATE, LATER, NEVER, TODAY, WEEK, DueWords, duration_text

CALENDAR = Calendar(confirmed=(2026,))
# A Wednesday.
NOW = datetime.datetime(2026, 3, 11, 10, 5, tzinfo=SHANGHAI)


def at(day: int, hour: int = 0, minute: int = 0) -> datetime.datetime:
    return datetime.datetime(2026, 3, day, hour, minute, tzinfo=SHANGHAI)


def words() -> DueWords:
    return DueWords(CALENDAR, NOW)


@pytest.mark.parametrize(
    ("due", "yellow", "kind", "text", "group"),
    [
        (at(12), at(11), "soon", "due today", TODAY),
        (at(11, 17, 30), at(11, 9), "soon", "due today, 17:30", TODAY),
        (at(13), at(12), "", "1 working day left", WEEK),
        # Friday's end: the week's last; Monday lies behind two days off.
        (at(14), at(13), "", "2 working days left", WEEK),
        (at(17), at(16), "", "3 working days left", LATER),
        # Sunday is no working day: the date says more.
        (at(16), at(15), "", "2 working days left", WEEK),
        (at(11), at(10), "late", "1 working day overdue", LATE),
        (at(7), at(6), "late", "3 working days overdue", LATE),
        (at(11, 9), at(11, 8), "late", "overdue since 09:00", LATE),
    ],
)
def test_it_says_what_is_left(due, yellow, kind, text, group) -> None:
    with override("en"):
        mark = words().mark(due, yellow)
    assert mark is not None
    assert (mark.kind, mark.text, mark.group) == (kind, text, group)


def test_it_names_the_day_where_it_is_far_away() -> None:
    with override("en"):
        mark = words().mark(datetime.datetime(2026, 6, 2, tzinfo=SHANGHAI), None)
    assert mark is not None
    assert mark.text == "due 1 June 2026"


def test_it_says_when_the_clock_stands_still_unless_it_was_late() -> None:
    with override("en"):
        stopped = words().mark(at(13), None, suspended=True)
        late = words().mark(at(11), None, suspended=True)
        endless = words().mark(None, None, suspended=True)
    assert stopped is not None
    assert late is not None
    assert endless is not None
    assert (stopped.kind, stopped.text) == ("stopped", "clock stopped")
    assert late.kind == "late"
    assert endless.group == NEVER
    assert words().mark(None, None) is None


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (20, "less than a minute"),
        (25 * 60, "25 min"),
        (3600, "1 h"),
        (5400, "1 h 30 min"),
        (90000, "1 d 1 h"),
        (86400, "1 d"),
    ],
)
def test_it_says_how_long_something_took(seconds, text) -> None:
    with override("en"):
        assert duration_text(datetime.timedelta(seconds=seconds)) == text
