"""The clock of a step: when it is due, and who is told when. No database."""

import datetime
from zoneinfo import ZoneInfo

import pytest

from asp.workdays import Calendar
from asp.workdays.arithmetic.calendar import Day
from office.workflow import deadlines
from office.workflow.bpmn.elements import Escalation
from office.workflow.models import Step, StepState

SHANGHAI = ZoneInfo("Asia/Shanghai")
CALENDAR = Calendar(confirmed={2026})


def at(day: int, hour: int = 0, minute: int = 0, *, month: int = 3) -> datetime.datetime:
    """A moment of 2026 in China; 2 March is a Monday."""
    return datetime.datetime(2026, month, day, hour, minute, tzinfo=SHANGHAI)


def step(
    amount: int | None,
    unit: str = "workdays",
    *,
    began: datetime.datetime | None = None,
    escalation: Escalation | None = None,
    pauses: list[list[str | None]] | None = None,
    calendar: Calendar = CALENDAR,
) -> Step:
    made = Step(amount=amount, unit=unit if amount is not None else "", began_at=began or at(2, 10))
    deadlines.put(made, calendar, pauses or [], escalation)
    return made


def life(one: Step, *, until: datetime.datetime, calendar: Calendar = CALENDAR) -> list[tuple[str, str]]:
    """Everything that is told until then, at its moment."""
    found = []
    while one.next_at is not None and one.next_at < until:
        now = one.next_at
        kinds = deadlines.due_now(one, calendar, now)
        assert kinds, f"woken for nothing at {now}"
        found += [(kind, f"{now.astimezone(SHANGHAI):%d %H:%M}") for kind in kinds]
        deadlines.mark(one, kinds, calendar, now)
        assert one.next_at is None or one.next_at > now
    return found


def test_it_is_due_at_the_end_of_the_last_working_day() -> None:
    one = step(2)
    assert one.due_at == at(5)
    assert one.yellow_at == at(3)
    assert not one.due_provisional
    assert step(5, began=at(5, 9)).due_at == at(13)


def test_a_year_without_notice_is_provisional() -> None:
    assert step(2, calendar=Calendar()).due_provisional


def test_a_step_without_deadline_has_no_clock() -> None:
    one = step(None)
    assert (one.due_at, one.next_at, deadlines.clock_of(one, [])) == (None, None, None)
    assert deadlines.due_now(one, CALENDAR, at(30)) == []


def test_everybody_is_told_in_time_and_then_daily() -> None:
    one = step(2, escalation=Escalation(1, "workdays", "head"))
    assert one.escalate_at == at(6, 9)
    assert life(one, until=at(11)) == [
        ("yellow", "03 09:00"),
        ("last", "04 09:00"),
        ("late", "05 00:00"),
        ("escalated", "06 09:00"),
        ("urged", "09 09:00"),
        ("urged", "10 09:00"),
    ]
    assert one.told["urges"] == 2


def test_what_begins_yellow_is_not_told_on_the_day_it_comes() -> None:
    assert life(step(1), until=at(6)) == [
        ("yellow", "03 09:00"),
        ("late", "04 00:00"),
        ("urged", "05 09:00"),
    ]


def test_hours_run_in_office_hours() -> None:
    one = step(4, "hours", escalation=Escalation(2, "hours", "starter"))
    assert one.due_at == at(2, 15)
    assert one.escalate_at == at(3, 9)
    assert life(one, until=at(3, 8))[:2] == [("yellow", "02 14:12"), ("late", "02 15:00")]


def test_weekends_are_left_in_peace() -> None:
    one = step(1, began=at(5, 10), escalation=Escalation(0, "hours", "head"))
    assert one.due_at == at(7)
    assert life(one, until=at(11)) == [
        ("yellow", "06 09:00"),
        ("late", "07 00:00"),
        ("escalated", "09 09:00"),
        ("urged", "10 09:00"),
    ]


def test_what_was_overtaken_is_not_told_any_more() -> None:
    one = step(2, escalation=Escalation(1, "workdays", "head"))
    assert deadlines.due_now(one, CALENDAR, at(20, 10)) == ["late", "escalated"]
    deadlines.mark(one, ["late", "escalated"], CALENDAR, at(20, 10))
    assert one.next_at == at(23, 9)
    other = step(2)
    assert deadlines.due_now(other, CALENDAR, at(4, 10)) == ["last"]
    deadlines.mark(other, ["last"], CALENDAR, at(4, 10))
    assert other.next_at == other.due_at


def test_nothing_is_told_twice_at_the_same_moment() -> None:
    one = step(2, escalation=Escalation(1, "workdays", "head"))
    for now in (at(3, 9), at(4, 9), at(5), at(6, 9), at(9, 9)):
        kinds = deadlines.due_now(one, CALENDAR, now)
        assert kinds
        deadlines.mark(one, kinds, CALENDAR, now)
        assert deadlines.due_now(one, CALENDAR, now) == []


def test_a_pause_without_end_stops_it() -> None:
    pauses: list[list[str | None]] = [[at(3, 10).isoformat(), None]]
    one = step(2, pauses=pauses, escalation=Escalation(1, "workdays", "head"))
    assert (one.due_at, one.yellow_at, one.escalate_at, one.next_at) == (None, None, None, None)
    pauses[0][1] = at(5, 10).isoformat()
    deadlines.put(one, CALENDAR, pauses, None)
    assert one.due_at == at(7)


def test_what_was_late_before_the_pause_stays_late_and_quiet() -> None:
    one = step(2, pauses=[[at(10, 10).isoformat(), None]])
    assert one.due_at == at(5)
    assert one.next_at is None


def test_a_deadline_that_moved_behind_its_telling_is_told_again() -> None:
    one = step(2)
    deadlines.mark(one, ["yellow"], CALENDAR, at(3, 9))
    deadlines.mark(one, ["late"], CALENDAR, at(5))
    off = CALENDAR.with_local({at(4).date(): Day(works=False)})
    assert deadlines.put(one, off, [], None)
    assert one.due_at == at(6)
    assert life(one, until=at(7), calendar=off)[-1] == ("late", "06 00:00")


def test_a_deadline_that_moved_forward_is_not_told_again() -> None:
    one = step(2)
    deadlines.mark(one, ["late"], CALENDAR, at(5, 1))
    one.amount = 1
    deadlines.put(one, CALENDAR, [], None)
    assert one.due_at == at(4)
    assert deadlines.due_now(one, CALENDAR, at(5, 2)) == []


def test_put_says_whether_anything_changed() -> None:
    one = step(3)
    assert not deadlines.put(one, CALENDAR, [], None)
    one.amount = 4
    assert deadlines.put(one, CALENDAR, [], None)


def test_what_is_done_is_told_to_nobody() -> None:
    one = step(2)
    one.state = StepState.DONE
    assert deadlines.next_at(one, CALENDAR) is None
    assert deadlines.due_now(one, CALENDAR, at(20)) == []


@pytest.mark.parametrize("unit", ["workdays", "days", "hours"])
@pytest.mark.parametrize("amount", [0, 1, 2, 3, 5, 8, 20, 200])
@pytest.mark.parametrize("hour", [0, 7, 9, 12, 16, 17, 23])
def test_every_clock_comes_to_an_end(unit: str, amount: int, hour: int) -> None:
    """Whatever the amount: late exactly once, at the moment of the deadline; no telling lies outside of the rules."""
    one = step(amount, unit, began=at(6, hour), escalation=Escalation(3, "days", "head"))
    assert one.due_at is not None
    told = life(one, until=one.due_at + datetime.timedelta(days=14))
    kinds = [kind for kind, _moment in told]
    assert kinds.count("late") == kinds.count("escalated") == 1
    assert kinds.count("yellow") <= 1
    assert kinds.count("last") <= 1
    for kind, moment in told:
        if kind not in ("late",):
            assert "09:00" <= moment[3:] <= "17:00", (kind, moment)
