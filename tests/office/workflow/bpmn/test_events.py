"""Timers, messages, errors."""

from datetime import UTC, datetime, timedelta

import pytest

from office.workflow.bpmn.engine import faults
from office.workflow.bpmn.gate import check
from tests.support.bpmn import (
    END,
    START,
    Runner,
    bpmn,
    chain,
    flow,
    part,
    published,
    timer,
    user,
)


def test_a_timer_on_the_border_ends_the_step() -> None:
    run = Runner(
        published(
            START,
            user("a"),
            timer("t", "a"),
            user("late"),
            END,
            chain("start", "a", "end"),
            chain("t", "late", "end"),
        )
    )
    assert run.timers == ["t"]
    assert run.state.waiting().next_due == datetime(2026, 3, 2, 10, tzinfo=UTC)
    assert run.state.waiting().timers[0].attached == "a"
    assert not run.later(minutes=59)
    assert run.at == ["a"]
    assert run.later(minutes=1)
    assert run.at == ["late"]
    assert run.timers == []
    assert run.done("late").state.completed


def test_a_timer_on_the_border_leaves_the_step() -> None:
    run = Runner(
        published(
            START,
            user("a"),
            timer("t", "a", ends=False),
            user("remind"),
            END,
            END.replace('"end"', '"e2"'),
            chain("start", "a", "end"),
            chain("t", "remind", "e2"),
        )
    )
    run.later(hours=2)
    assert run.at == ["a", "remind"]
    run.done("a")
    assert not run.state.completed
    assert run.done("remind").state.completed


def test_a_repeated_timer() -> None:
    run = Runner(
        published(
            START,
            user("a"),
            timer("t", "a", "R3/PT1H", ends=False, tag="timeCycle"),
            user("remind"),
            END,
            END.replace('"end"', '"e2"'),
            chain("start", "a", "end"),
            chain("t", "remind", "e2"),
        )
    )
    for count in (1, 2, 3):
        run.later(hours=1, minutes=1)
        assert run.at == ["a"] + ["remind"] * count
    run.later(hours=5)
    assert run.at == ["a", "remind", "remind", "remind"]
    run.done("a")
    for _ in range(3):
        run.done("remind")
    assert run.state.completed


def wait(inside: str) -> bytes:
    catch = part("intermediateCatchEvent", "t", f"<timerEventDefinition>{inside}</timerEventDefinition>")
    return published(START, user("a"), catch, user("z"), END, chain("start", "a", "t", "z", "end"))


def test_working_days_come_from_the_calendar() -> None:
    asked = []

    def after(start: datetime, amount: int, unit: str) -> datetime:
        asked.append((amount, unit))
        return start + timedelta(days=9)

    run = Runner(
        wait('<extensionElements><tb:wait amount="3" unit="workdays"/></extensionElements>'), after=after
    )
    run.done("a")
    assert asked == [(3, "workdays")]
    run.later(days=8)
    assert run.at == []
    run.later(days=1)
    assert run.at == ["z"]


@pytest.mark.parametrize("value", ["2026-03-05", "2026-03-05T00:00:00+08:00"])
def test_a_date_is_a_variable_or_a_text(value: str) -> None:
    for run in (
        Runner(wait(f"<timeDate>{value}</timeDate>")),
        Runner(wait("<timeDate>meeting</timeDate>"), {"meeting": value}),
    ):
        run.done("a")
        assert run.state.waiting().next_due == datetime(2026, 3, 4, 16, tzinfo=UTC)


def test_a_date_that_is_not_filled_in_is_named() -> None:
    run = Runner(wait("<timeDate>meeting</timeDate>"))
    with pytest.raises(faults.TimeUnreadable) as refused:
        run.state.complete(run.task("a").task_id)
    assert refused.value.params == {"element": "t"}


MESSAGE = '<message id="m1" name="paid"/>'


def test_a_message_is_awaited_and_one_is_sent() -> None:
    catch = part("intermediateCatchEvent", "c", '<messageEventDefinition messageRef="m1"/>')
    content = bpmn(
        START,
        user("a"),
        part("sendTask", "s", messageRef="m1"),
        catch,
        END,
        chain("start", "a", "c", "s", "end"),
        outside=MESSAGE,
    )
    assert check(content).ok
    run = Runner(content)
    with pytest.raises(faults.NotWaiting):
        run.state.send("paid")
    run.done("a")
    assert [(each.node, each.message) for each in run.state.waiting().messages] == [("c", "paid")]
    run.state.send("paid", {"sum": 20})
    run.again()
    assert run.state.completed
    assert run.state.variables["sum"] == 20
    assert run.sent == ["paid"]


def test_what_happens_first_decides() -> None:
    catches = part("intermediateCatchEvent", "m", '<messageEventDefinition messageRef="m1"/>') + part(
        "intermediateCatchEvent",
        "t",
        "<timerEventDefinition><timeDuration>P1D</timeDuration></timerEventDefinition>",
    )
    content = bpmn(
        START,
        part("eventBasedGateway", "g"),
        catches,
        user("a"),
        user("b"),
        END,
        chain("start", "g", "m", "a", "end"),
        chain("g", "t", "b", "end"),
        outside=MESSAGE,
    )
    assert check(content).ok
    run = Runner(content)
    assert run.timers == ["t"]
    assert [each.node for each in run.state.waiting().messages] == ["m"]
    run.later(days=2)
    assert run.at == ["b"]
    run = Runner(content)
    run.state.send("paid")
    run.again()
    assert run.at == ["a"]
    assert run.timers == []


def test_an_error_leaves_a_sub_process() -> None:
    inner = (
        START.replace('"start"', '"s1"')
        + user("x")
        + part("exclusiveGateway", "g", default="g_e1")
        + END.replace('"end"', '"e1"')
        + '<endEvent id="e2"><errorEventDefinition errorRef="er"/></endEvent>'
        + chain("s1", "x", "g", "e1")
        + flow("g", "e2", "x_outcome == 'disagree'")
    )
    border = part("boundaryEvent", "b", '<errorEventDefinition errorRef="er"/>', attachedToRef="s")
    content = bpmn(
        START,
        part("subProcess", "s", inner),
        border,
        user("fix"),
        user("z"),
        END,
        chain("start", "s", "z", "end"),
        chain("b", "fix", "end"),
        outside='<error id="er" name="refused" errorCode="no"/>',
    )
    assert check(content).ok
    assert Runner(content).done("x", "agree").at == ["z"]
    assert Runner(content).done("x", "disagree").at == ["fix"]
