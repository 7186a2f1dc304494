"""Processes run as they are drawn; each is stored and restored between all acts."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from office.workflow.bpmn import spec
from office.workflow.bpmn.engine import faults
from office.workflow.bpmn.engine.parts import ENGINE, SafeEngine
from office.workflow.bpmn.findings import Findings
from office.workflow.bpmn.gate import check
from office.workflow.bpmn.reading import read
from tests.support.bpmn import END, START, STARTER, Runner, bpmn, chain, flow, part, timer, user


def published(*parts: str, **more: object) -> bytes:
    content = bpmn(*parts)
    report = check(content, **more)  # type: ignore[arg-type]
    assert report.ok, [(each.element, each.code) for each in report.errors]
    return content


def gateways(kind: str, split: str = "f", join: str = "j", **more: str) -> str:
    return part(kind, split, **more) + part(kind, join)


SERIAL = (START, user("a"), user("b"), END, chain("start", "a", "b", "end"))


def test_it_goes_from_step_to_step() -> None:
    run = Runner(published(*SERIAL), {"amount": 5})
    assert run.at == ["a"]
    run.done("a", "agree", amount=7)
    assert run.at == ["b"]
    assert run.state.variables == {"amount": 7, "a_outcome": "agree"}
    assert run.task("b").outcome == "agree"
    run.done("b")
    assert run.state.completed
    assert run.state.path().done == {"start", "a", "b", "end"}
    assert run.state.path().flows == {"start_a", "a_b", "b_end"}


def test_a_task_is_completed_once() -> None:
    run = Runner(published(*SERIAL))
    task = run.task("a").task_id
    run.done("a")
    with pytest.raises(faults.NotWaiting):
        run.state.complete(task)


def test_an_exclusive_gateway_takes_the_first_way_that_holds() -> None:
    parts = (START, user("a"), part("exclusiveGateway", "g", default="g_c"), user("b"), user("c"), END)
    content = published(
        *parts,
        chain("start", "a", "g", "b", "end").replace(flow("g", "b"), flow("g", "b", "${amount > 100}")),
        flow("g", "c"),
        flow("c", "end"),
    )
    assert Runner(content).done("a", amount=500).at == ["b"]
    assert Runner(content).done("a", amount=5).at == ["c"]
    assert Runner(content).done("a").at == ["c"]


def test_without_a_way_nothing_moves_and_the_gateway_is_named() -> None:
    parts = (START, user("a"), part("exclusiveGateway", "g"), user("b"), user("c"), END)
    content = published(
        *parts,
        chain("start", "a", "g"),
        flow("g", "b", "x == 1"),
        flow("g", "c", "x == 2"),
        flow("b", "end"),
        flow("c", "end"),
    )
    run = Runner(content)
    with pytest.raises(faults.NoWay) as refused:
        run.state.complete(run.task("a").task_id, {"x": 3})
    assert refused.value.params == {"element": "g"}
    run.state = spec.restore(run.spec, run.stored, clock=run.clock)
    assert run.done("a", x=2).at == ["c"]


PARALLEL = (
    START, gateways("parallelGateway"), user("a"), user("b"), user("z"), END,
    chain("start", "f", "a", "j", "z", "end"), flow("f", "b"), flow("b", "j"),
)  # fmt: skip


def test_a_parallel_join_waits_for_all() -> None:
    run = Runner(published(*PARALLEL))
    assert run.at == ["a", "b"]
    assert run.done("b").at == ["a"]
    assert run.done("a").at == ["z"]


def test_a_value_that_one_branch_changed_is_not_brought_back_by_another() -> None:
    for first, second in (("a", "b"), ("b", "a")):
        run = Runner(published(*PARALLEL), {"amount": 5})
        run.done(first, amount=7).done(second)
        assert run.state.variables["amount"] == 7


def inclusive() -> bytes:
    return published(
        START, gateways("inclusiveGateway", default="f_c"), user("a"), user("b"), user("c"), user("z"), END,
        chain("start", "f"), flow("f", "a", "x >= 1"), flow("f", "b", "x >= 2"), flow("f", "c"),
        flow("a", "j"), flow("b", "j"), flow("c", "j"), chain("j", "z", "end"),
    )  # fmt: skip


@pytest.mark.parametrize(("x", "at"), [(0, ["c"]), (1, ["a"]), (2, ["a", "b"])])
def test_an_inclusive_gateway_takes_every_way_that_holds(x: int, at: list[str]) -> None:
    run = Runner(inclusive(), {"x": x})
    assert run.at == at
    for each in at:
        assert "z" not in run.at
        run.done(each)
    assert run.at == ["z"]


def test_an_inclusive_join_waits_for_a_sub_process_and_for_long_branches() -> None:
    """Where SpiffWorkflow's own join goes on too early."""
    inner = (
        START.replace('"start"', '"s1"')
        + user("deep")
        + END.replace('"end"', '"e1"')
        + chain("s1", "deep", "e1")
    )
    run = Runner(published(
        START, gateways("inclusiveGateway", default="f_a"), user("a"), part("subProcess", "s", inner), user("b"), user("b2"),
        user("z"), END, chain("start", "f", "a", "j", "z", "end"), flow("f", "s", "true"), flow("s", "j"),
        flow("f", "b", "x > 0"), chain("b", "b2", "j"),
    ), {"x": 1})  # fmt: skip
    assert run.at == ["b", "deep"]
    run.done("b")
    assert run.at == ["b2", "deep"]
    run.done("b2")
    assert run.at == ["deep"]
    assert run.done("deep").at == ["z"]


@pytest.mark.parametrize("order", [("a", "b"), ("b", "a")])
def test_a_join_in_a_loop_waits_anew_in_each_round(order: tuple[str, str]) -> None:
    """SpiffWorkflow counts the tokens of earlier rounds again."""
    for kind, more in (("parallelGateway", ""), ("inclusiveGateway", "true")):
        run = Runner(published(
            START, gateways(kind), user("a"), user("b"), user("z"), part("exclusiveGateway", "m"),
            part("exclusiveGateway", "g", default="g_m"), END, chain("start", "m", "f"), flow("f", "a", more), flow("f", "b", more),
            chain("a", "j", "z", "g", "m"), flow("b", "j"), flow("g", "end", "z_outcome == 'agree'"),
        ))  # fmt: skip
        for _ in range(4):
            assert run.at == ["a", "b"]
            run.done(order[0])
            assert run.at == [order[1]]
            run.done(order[1])
            assert run.at == ["z"]
            run.done("z", "disagree")
        run.done(order[1]).done(order[0]).done("z", "agree")
        assert run.state.completed


def test_a_join_that_was_taken_back_waits_again() -> None:
    run = Runner(published(*PARALLEL)).done("a").done("b")
    run.back("b", "z")
    assert run.at == ["b"]
    assert run.done("b").at == ["z"]
    run.state.reset_to("b")
    run.again()
    assert run.done("b").at == ["z"]


def test_an_inclusive_join_sees_the_branch_that_was_just_begun() -> None:
    run = Runner(published(
        START, gateways("inclusiveGateway", default="f_j"), user("b"), user("z"), END, flow("start", "f"), flow("f", "j"),
        flow("f", "b", "x > 0"), chain("b", "j", "z", "end"),
    ), {"x": 1})  # fmt: skip
    assert run.at == ["b"]
    run = Runner(published(
        START, gateways("inclusiveGateway"), user("b"), user("z"), END, flow("start", "f"), flow("f", "j", "true"),
        flow("f", "b", "x > 0"), chain("b", "j", "z", "end"),
    ), {"x": 1})  # fmt: skip
    assert run.at == ["b"]
    assert run.done("b").at == ["z"]


def loop(sequential: bool, until: str = "", host: str = "") -> str:
    condition = f"<completionCondition>{until}</completionCondition>" if until else ""
    flag = "true" if sequential else "false"
    return (
        f'<multiInstanceLoopCharacteristics isSequential="{flag}"><loopDataInputRef>bureaus</loopDataInputRef>'
        f'<inputDataItem name="bureau"/>{condition}</multiInstanceLoopCharacteristics>'
    )


BUREAUS = ["tech", "patent", "info"]


def test_items_at_once() -> None:
    run = Runner(
        published(START, user("a", more=loop(False)), user("z"), END, chain("start", "a", "z", "end")),
        {"bureaus": BUREAUS},
    )
    assert [each.item for each in run.state.waiting().steps] == BUREAUS
    run.done("a", "agree", item="info").done("a", "disagree", item="tech")
    assert run.state.variables["a_count"] == 2
    run.done("a", "agree", item="patent")
    assert run.at == ["z"]
    assert run.state.variables["a_agree_count"] == 2
    assert run.state.variables["a_disagree_count"] == 1
    assert "bureau" not in run.state.variables


def test_items_in_order() -> None:
    run = Runner(
        published(START, user("a", more=loop(True)), END, chain("start", "a", "end")), {"bureaus": BUREAUS}
    )
    order = []
    while run.at:
        step = run.state.waiting().steps[0]
        order.append((step.item, step.index))
        run.done("a", "agree")
    assert order == [("tech", 0), ("patent", 1), ("info", 2)]
    assert run.state.completed


def test_items_until_enough_have_agreed() -> None:
    run = Runner(
        published(
            START,
            user("a", more=loop(False, "a_agree_count &gt;= 2")),
            user("z"),
            END,
            chain("start", "a", "z", "end"),
        ),
        {"bureaus": BUREAUS},
    )
    assert run.done("a", "agree", item="tech").at == ["a", "a"]
    assert run.done("a", "agree", item="info").at == ["z"]


def test_an_empty_collection_is_passed_and_the_next_round_counts_anew() -> None:
    content = published(
        START, user("a", more=loop(False)), user("z"), part("exclusiveGateway", "g", default="g_end"), END,
        chain("start", "a", "z", "g", "end"), flow("g", "a", "z_outcome == 'disagree'"),
    )  # fmt: skip
    assert Runner(content, {"bureaus": []}).at == ["z"]
    run = Runner(content, {"bureaus": ["tech"]})
    run.done("a", "agree").done("z", "disagree")
    assert run.at == ["a"]
    assert run.state.variables["a_agree_count"] == 0
    run.done("a", "agree").done("z", "agree")
    assert run.state.completed


def test_a_sub_process_for_each_item() -> None:
    inner = (
        START.replace('"start"', '"s1"')
        + user("x")
        + user("y")
        + END.replace('"end"', '"e1"')
        + chain("s1", "x", "y", "e1")
    )
    run = Runner(
        published(
            START,
            part("subProcess", "s", inner + loop(False)),
            user("z"),
            END,
            chain("start", "s", "z", "end"),
        ),
        {"bureaus": BUREAUS},
    )
    assert run.at == ["x", "x", "x"]
    run.done("x", item="info")
    assert run.task("y").item == "info"
    for each in BUREAUS:
        if each != "info":
            run.done("x", item=each)
        run.done("y", "agree", item=each)
    assert run.at == ["z"]
    assert run.state.variables["s_agree_count"] == 3


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


def test_called_processes_run_in_the_same_state() -> None:
    called = read(
        bpmn(START, user("inner"), END, chain("start", "inner", "end"), process="other"), Findings()
    )
    assert called is not None
    content = bpmn(
        START,
        user("a"),
        part("callActivity", "c", calledElement="other"),
        user("z"),
        END,
        chain("start", "a", "c", "z", "end"),
    )
    assert check(content, processes={"other": called}).ok
    run = Runner(content, processes={"other": called})
    run.done("a")
    assert [(each.node, each.process) for each in run.state.waiting().steps] == [("inner", "other")]
    assert run.state.path().current == {"c"}
    assert run.state.path("other").current == {"inner"}
    run.done("inner", amount=3)
    assert run.at == ["z"]
    assert run.state.variables["amount"] == 3


def test_services_wait_for_the_application() -> None:
    service = part("serviceTask", "s", '<extensionElements><tb:service name="number"/></extensionElements>')
    run = Runner(published(START, service, user("z"), END, chain("start", "s", "z", "end")))
    step = run.state.waiting().steps[0]
    assert (step.kind, run.state.node(step).service) == ("serviceTask", "number")
    assert run.done("s", number="1").at == ["z"]


def test_conditions_on_flows_of_a_step_are_a_choice_of_several() -> None:
    content = published(
        START,
        user("a"),
        user("b"),
        user("c"),
        END,
        flow("start", "a"),
        flow("a", "b", "x > 1"),
        flow("a", "c"),
        flow("b", "end"),
        flow("c", "end"),
    )
    assert Runner(content).done("a", x=2).at == ["b", "c"]
    assert Runner(content).done("a", x=0).at == ["c"]


def test_links_and_terminate() -> None:
    throw = part("intermediateThrowEvent", "out", '<linkEventDefinition name="l"/>')
    catch = part("intermediateCatchEvent", "in", '<linkEventDefinition name="l"/>')
    stop = '<endEvent id="stop"><terminateEventDefinition/></endEvent>'
    run = Runner(
        published(
            START,
            part("parallelGateway", "f"),
            user("a"),
            user("b"),
            throw,
            catch,
            stop,
            END,
            chain("start", "f", "a", "out"),
            chain("in", "stop"),
            chain("f", "b", "end"),
        )
    )
    run.done("a")
    assert run.state.completed
    assert run.at == []


def test_ids_that_mean_something_to_the_engine_are_only_ids() -> None:
    run = Runner(
        published(
            START,
            user("End"),
            user("Start"),
            user("Root"),
            END,
            chain("start", "End", "Start", "Root", "end"),
        )
    )
    assert run.done("End").at == ["Start"]
    assert run.done("Start").done("Root").state.completed


# ----- going back


BACK = (
    START, user("a"), gateways("parallelGateway"), user("b"), user("c"), timer("t", "c", ends=False), user("remind"), user("z"),
    timer("t2", "z"), END, END.replace('"end"', '"e2"'), chain("start", "a", "f", "b", "j", "z", "end"), flow("f", "c"), flow("c", "j"),
    chain("t", "remind", "e2"), flow("t2", "end"),
)  # fmt: skip


def test_it_goes_back_across_a_timer() -> None:
    """SpiffWorkflow keeps the events of what it took away; they would break the next step."""
    run = Runner(published(*BACK))
    run.done("a", "agree").done("b").done("c")
    assert run.timers == ["t2"]
    assert run.state.returnable(run.task("z").task_id)[-1] == "a"
    run.back("a", "z")
    assert run.at == ["a"]
    assert run.timers == []
    run.later(hours=3)
    assert run.at == ["a"]
    run.done("a").done("c").done("b")
    assert run.at == ["z"]
    assert run.timers == ["t2"]
    run.later(hours=2)
    assert run.state.completed


def test_going_back_before_a_split_takes_the_other_branches_back() -> None:
    run = Runner(published(*BACK))
    run.done("a").done("b")
    run.back("a", "c")
    assert run.at == ["a"]
    run.done("a")
    assert run.at == ["b", "c"]
    assert run.state.path().done == {"start", "a", "f"}


def test_it_goes_back_out_of_a_sub_process() -> None:
    inner = (
        START.replace('"start"', '"s1"')
        + user("x")
        + user("y")
        + END.replace('"end"', '"e1"')
        + chain("s1", "x", "y", "e1")
    )
    run = Runner(
        published(
            START,
            user("a"),
            part("subProcess", "s", inner),
            timer("t", "s"),
            user("z"),
            END,
            chain("start", "a", "s", "z", "end"),
            flow("t", "z"),
        )
    )
    run.done("a").done("x")
    assert run.state.returnable(run.task("y").task_id) == ["x", "a"]
    run.back("x", "y")
    assert run.at == ["x"]
    assert run.timers == ["t"]
    run.done("x").back("a", "y")
    assert run.at == ["a"]
    assert run.timers == []
    run.done("a").done("x").done("y").done("z")
    assert run.state.completed


def test_it_goes_back_to_items() -> None:
    run = Runner(
        published(START, user("a", more=loop(False)), user("z"), END, chain("start", "a", "z", "end")),
        {"bureaus": ["x", "y"]},
    )
    run.done("a", "agree", item="x").done("a", "agree", item="y").back("a", "z")
    assert run.at == ["a", "a"]
    run.done("a", item="x").done("a", item="y").done("z")
    assert run.state.completed


def test_it_does_not_go_where_it_never_was() -> None:
    run = Runner(published(*BACK)).done("a")
    for step, here in (("z", "b"), ("c", "b"), ("nothing", "b")):
        with pytest.raises(faults.NotReturnable):
            run.state.reset_to(step, run.task(here).task_id)


def test_it_is_cancelled() -> None:
    run = Runner(published(*BACK)).done("a")
    run.state.cancel()
    run.again()
    assert run.state.completed
    assert run.at == run.timers == []


# ----- no script, no runaway, no growth


ATTACK = "().__class__.__base__.__subclasses__()"


def test_the_engine_runs_no_script() -> None:
    run = Runner(published(*SERIAL))
    instance = run.state._instance
    assert instance.script_engine is ENGINE
    task = next(iter(instance.tasks.values()))
    with pytest.raises(Exception, match="expression_forbidden"):
        instance.script_engine.evaluate(task, ATTACK)
    for act in (
        instance.script_engine.execute,
        instance.script_engine.environment.execute,
        instance.script_engine.call_service,
    ):
        with pytest.raises(PermissionError):
            act(task, "import os")


def test_the_engine_is_the_safe_one_after_every_restore_and_cannot_be_replaced() -> None:
    from SpiffWorkflow.bpmn.script_engine.python_engine import PythonScriptEngine

    run = Runner(published(*SERIAL))
    assert type(run.state._instance.script_engine) is SafeEngine
    with pytest.raises(PermissionError):
        run.state._instance.script_engine = PythonScriptEngine()


def test_an_attack_in_a_condition_is_refused_at_the_gate_and_by_the_engine() -> None:
    content = bpmn(
        START,
        user("a"),
        part("exclusiveGateway", "g", default="g_end"),
        END,
        chain("start", "a", "g", "end"),
        flow("g", "a", ATTACK),
    )
    assert [(each.element, each.code) for each in check(content).errors] == [("g_a", "expression_forbidden")]
    run = Runner(content)  # as if a stored specification had been forged
    with pytest.raises(faults.EngineFault):
        run.state.complete(run.task("a").task_id)


def test_what_repeats_itself_too_often_is_stopped() -> None:
    content = published(
        START,
        user("a"),
        part("exclusiveGateway", "g", default="g_end"),
        user("b", more=loop(False)),
        END,
        chain("start", "a", "g", "end"),
        flow("g", "b", "go"),
        flow("b", "g"),
    )
    run = Runner(content, {"bureaus": [], "go": True})
    with pytest.raises(faults.Runaway):
        run.state.complete(run.task("a").task_id)


@pytest.mark.parametrize("value", [{"a": 1}, [[1]], "x" * 3000, 10**30, float("nan"), object(), ["a"] * 300])
def test_only_scalars_are_kept(value: object) -> None:
    run = Runner(published(*SERIAL))
    with pytest.raises(faults.BadVariable):
        run.state.complete(run.task("a").task_id, {"x": value})
    for name in ("a.b", "", "1a"):
        with pytest.raises(faults.BadVariable):
            run.state.complete(run.task("a").task_id, {name: 1})


def test_a_state_of_the_largest_process_is_small() -> None:
    names = [f"step{number}" for number in range(398)]
    run = Runner(published(START, *(user(each) for each in names), END, chain("start", *names, "end")))
    state = run.state
    for _ in names:
        state.complete(state.waiting().steps[0].task_id, {}, outcome="agree")
    assert state.completed
    assert len(json.dumps(state.dump())) < 256 * 1024


def test_a_loop_that_people_walk_often_ends_in_a_fault_not_in_silence() -> None:
    content = published(
        START,
        user("a"),
        part("exclusiveGateway", "g", default="g_a"),
        END,
        chain("start", "a", "g", "a"),
        flow("g", "end", "x"),
    )
    state = Runner(content).state
    rounds = 0
    with pytest.raises(faults.Runaway):
        for _ in range(1000):
            assert [each.node for each in state.waiting().steps] == ["a"]
            state.complete(state.waiting().steps[0].task_id, {"x": False})
            rounds += 1
    assert rounds > 200


def test_another_version_does_not_take_the_state() -> None:
    run = Runner(published(*SERIAL))
    other = spec.compile(published(*PARALLEL))
    with pytest.raises(faults.WrongVersion):
        spec.restore(other, run.stored)


# ----- moving to another version


def test_a_running_process_moves_to_another_version() -> None:
    run = Runner(published(*PARALLEL)).done("a", "agree")
    newer = published(
        START, user("first"), gateways("parallelGateway"), user("a"), user("b", STARTER), timer("t", "b", ends=False), user("y"), user("z"), END, END.replace('"end"', '"e2"'),
        chain("start", "first", "f", "a", "j", "y", "z", "end"), flow("f", "b"), flow("b", "j"), flow("t", "e2"),
    )  # fmt: skip
    target = spec.compile(newer)
    seen, _ = spec.migrate(run.state, target, dry=True)
    assert seen.possible
    assert seen.restarted == (("", "b"),)
    assert run.at == ["b"]
    found, moved = spec.migrate(run.state, target)
    assert found == seen
    run.spec, run.state = target, moved
    run.again()
    assert run.at == ["b"]
    assert run.timers == ["t"]
    assert run.done("b").at == ["y"]
    assert run.done("y").done("z").state.completed


def test_what_was_done_and_is_gone_is_named_and_what_waits_stops_the_move() -> None:
    run = (
        Runner(published(START, user("a"), user("b"), user("c"), END, chain("start", "a", "b", "c", "end")))
        .done("a")
        .done("b")
    )
    target = spec.compile(published(START, user("a"), user("c"), END, chain("start", "a", "c", "end")))
    found, moved = spec.migrate(run.state, target)
    assert found.lost == (("", "b"),)
    run.spec, run.state = target, moved
    run.again()
    assert run.at == ["c"]
    assert run.state.path().done == {"start", "a"}
    assert run.done("c").state.completed
    waiting = Runner(published(START, user("a"), user("b"), END, chain("start", "a", "b", "end"))).done("a")
    with pytest.raises(faults.NotMigratable) as refused:
        spec.migrate(waiting.state, target)
    assert refused.value.params == {"element": "b"}
