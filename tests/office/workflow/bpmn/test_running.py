"""Processes run as they are drawn; each is stored and restored between all acts."""

import pytest

from office.workflow.bpmn import spec
from office.workflow.bpmn.engine import faults
from office.workflow.bpmn.findings import Findings
from office.workflow.bpmn.gate import check
from office.workflow.bpmn.reading import read
from tests.support.bpmn import (
    END,
    PARALLEL,
    SERIAL,
    START,
    Runner,
    bpmn,
    chain,
    flow,
    gateways,
    part,
    published,
    user,
)


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
