"""Histories that are played through drawings: pure, without a database."""

import datetime
import uuid
from types import SimpleNamespace

from asp.workdays.arithmetic.hours import SHANGHAI
from office.workflow.bpmn import spec
from office.workflow.bpmn.gate import check
from office.workflow.insight.histories import Decision, History, Usual, _taken_back
from office.workflow.insight.replaying import replay
from tests.support.bpmn import AGREE, END, START, STARTER, bpmn, chain, flow, part, timer, user

HOUR = 3600
BEGIN = datetime.datetime(2026, 3, 2, 9, tzinfo=SHANGHAI)
NONE = Usual({}, {}, {}, 2 * HOUR)


def after(start, amount, unit):
    return start + datetime.timedelta(days=amount)


def made(*parts):
    report = check(bpmn(*parts))
    assert report.definition is not None, [each.text for each in report.errors]
    return spec.compile_definition(report.definition)


def decided(node, outcome="agree", hours=1.0, acts=1, **more):
    return Decision(more.pop("process", ""), node, outcome, hours * HOUR, acts, **more)


def history(*decisions, ended=True, messages=None):
    return History(
        uuid.UUID(int=1),
        1,
        uuid.UUID(int=2),
        None,
        BEGIN,
        ended,
        {},
        {},
        decisions,
        messages or {},  # type: ignore[arg-type]
    )


def played(drawing, past, variables=None, usual=NONE):
    return replay(drawing, variables or {}, past, usual, after)


SERIAL = made(START, user("a"), user("b"), END, chain("start", "a", "b", "end"))
CHOICE = made(
    START, user("a"), part("exclusiveGateway", "g", default="g_b"), user("b"), user("c"), END, '<endEvent id="no"/>',
    chain("start", "a", "g"), flow("g", "b"), flow("g", "c", "outcome == 'disagree'"), chain("b", "end"), chain("c", "no"),
)  # fmt: skip


def test_what_was_decided_is_decided_again():
    run = played(SERIAL, history(decided("a", hours=2), decided("b", hours=3, acts=4)))
    assert [(each.node, each.outcome, each.assumed) for each in run.done] == [
        ("a", "agree", False),
        ("b", "agree", False),
    ]
    assert (run.ends, run.seconds, run.acts, run.problem) == (("end",), 5 * HOUR, 5, "")


def test_decisions_choose_the_way():
    run = played(CHOICE, history(decided("a", "disagree"), decided("c")))
    assert [each.node for each in run.done] == ["a", "c"]
    assert run.ends == ("no",)


def test_a_condition_on_the_form_chooses_the_way():
    drawing = made(
        START, part("exclusiveGateway", "g", default="g_a"), user("a"), user("b"), END,
        chain("start", "g"), flow("g", "a"), flow("g", "b", "amount > 1000"), chain("a", "end"), chain("b", "end"),
    )  # fmt: skip
    past = history(decided("a"))
    assert [each.node for each in played(drawing, past, {"amount": 500}).done] == ["a"]
    assert [each.node for each in played(drawing, past, {"amount": 5000}).done] == ["b"]


def test_what_was_never_decided_is_assumed_and_marked():
    usual = Usual({("", "b"): "disagree"}, {("", "b"): 3 * HOUR}, {("", "b"): 2}, 2 * HOUR)
    run = played(SERIAL, history(decided("a")), usual=usual)
    assert [(each.node, each.outcome, each.acts, each.assumed) for each in run.done] == [
        ("a", "agree", 1, False),
        ("b", "disagree", 2, True),
    ]
    assert (run.seconds, run.assumed) == (4 * HOUR, 1)


def test_a_new_step_takes_until_its_deadline_and_agrees():
    deadline = STARTER + '<tb:deadline amount="2" unit="workdays"/>' + AGREE
    drawing = made(START, user("a"), user("new", deadline), END, chain("start", "a", "new", "end"))
    run = played(drawing, history(decided("a")))
    assert run.done[1].outcome == "agree"
    assert run.seconds == HOUR + 2 * 24 * HOUR


def test_a_new_step_without_a_deadline_takes_as_long_as_a_usual_one():
    assert played(SERIAL, history(decided("a"))).seconds == 3 * HOUR


def test_an_outcome_that_is_no_longer_offered_is_replaced():
    only = STARTER + '<tb:outcome value="pass" label="通过"/>'
    drawing = made(START, user("a", only), END, chain("start", "a", "end"))
    run = played(drawing, history(decided("a", "agree")))
    assert [(each.outcome, each.assumed) for each in run.done] == [("pass", True)]


def test_side_by_side_it_takes_as_long_as_the_longest_branch():
    drawing = made(
        START, part("parallelGateway", "f"), user("a"), user("b"), part("parallelGateway", "j"), END,
        chain("start", "f", "a", "j", "end"), chain("f", "b", "j"),
    )  # fmt: skip
    run = played(drawing, history(decided("a", hours=5), decided("b", hours=2)))
    assert [each.node for each in run.done] == ["b", "a"]
    assert run.seconds == 5 * HOUR


def test_a_timer_happens_if_the_step_took_longer():
    drawing = made(
        START,
        user("a"),
        timer("t", "a", "PT3H"),
        user("b"),
        END,
        chain("start", "a", "end"),
        chain("t", "b", "end"),
    )
    quick = played(drawing, history(decided("a", hours=2)))
    slow = played(drawing, history(decided("a", hours=4), decided("b", hours=1)))
    assert [each.node for each in quick.done] == ["a"]
    assert [each.node for each in slow.done] == ["b"]
    assert (quick.timers, slow.timers, slow.seconds) == (0, 1, 4 * HOUR)


def test_a_wait_takes_its_time():
    wait = "<timerEventDefinition><timeDuration>PT24H</timeDuration></timerEventDefinition>"
    drawing = made(
        START, user("a"), part("intermediateCatchEvent", "w", wait), END, chain("start", "a", "w", "end")
    )
    assert played(drawing, history(decided("a"))).seconds == 25 * HOUR


def test_a_message_comes_when_it_came():
    content = bpmn(
        START, part("receiveTask", "r", messageRef="m"), END, chain("start", "r", "end"),
        outside='<message id="m" name="paid"/>',
    )  # fmt: skip
    report = check(content)
    assert report.definition is not None, [each.text for each in report.errors]
    drawing = spec.compile_definition(report.definition)
    assert played(drawing, history(messages={"paid": (6 * HOUR,)})).seconds == 6 * HOUR
    assert played(drawing, history()).seconds == 0  # never recorded: nothing else is waited for


def test_rounds_take_their_decisions_in_turn():
    drawing = made(
        START, user("a"), part("exclusiveGateway", "g", default="g_end"), END,
        chain("start", "a", "g"), flow("g", "end"), flow("g", "a", "outcome == 'disagree'"),
    )  # fmt: skip
    past = history(decided("a", "disagree"), decided("a", "disagree"), decided("a", "agree"))
    run = played(drawing, past)
    assert [each.outcome for each in run.done] == ["disagree", "disagree", "agree"]
    assert run.assumed == 0


def test_what_goes_round_and_round_is_stopped():
    drawing = made(
        START, user("a"), part("exclusiveGateway", "g", default="g_end"), END,
        chain("start", "a", "g"), flow("g", "end"), flow("g", "a", "outcome == 'disagree'"),
    )  # fmt: skip
    usual = Usual({("", "a"): "disagree"}, {}, {}, 60)
    assert played(drawing, history(), usual=usual).problem == "too_long"


def test_items_of_a_collection_keep_their_decisions():
    loop = (
        "<multiInstanceLoopCharacteristics><loopDataInputRef>who</loopDataInputRef>"
        '<inputDataItem id="i" name="item"/></multiInstanceLoopCharacteristics>'
    )
    drawing = made(START, user("a", more=loop), END, chain("start", "a", "end"))
    past = history(decided("a", "disagree", 1, item="y"), decided("a", "agree", 2, item="x"))
    run = played(drawing, past, {"who": ["x", "y"]})
    assert [(each.outcome, each.assumed) for each in run.done] == [("disagree", False), ("agree", False)]


def row(node, begin, end):
    times = (BEGIN + datetime.timedelta(hours=each) for each in (begin, end))
    began, ended = times
    return SimpleNamespace(pk=f"{node}{begin}", node=node, began_at=began, ended_at=ended)


def event(kind, hour, node):
    moment = BEGIN + datetime.timedelta(hours=hour)
    if kind == "returned":
        return SimpleNamespace(kind=kind, occurred_at=moment, params={"node": node}, node="whoever")
    return SimpleNamespace(kind=kind, occurred_at=moment, params={}, node=node)


def test_what_was_taken_back_was_not_decided():
    steps = [row("a", 0, 1), row("b", 1, 2), row("side", 0, 3), row("c", 2, 4)]
    left = _taken_back(steps, event("returned", 5, "b"))  # type: ignore[arg-type]
    assert [each.node for each in left] == ["a", "side"]
    assert _taken_back(steps, event("returned", 5, "@start")) == []  # type: ignore[arg-type]
    assert [each.node for each in _taken_back(steps, event("withdrawn", 5, "c"))] == ["a", "b", "side"]  # type: ignore[arg-type]
    later = _taken_back(steps, event("returned", 1.5, "a"))  # type: ignore[arg-type]
    assert [each.node for each in later] == ["b", "side", "c"]  # what came after is done anew
