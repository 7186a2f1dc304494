"""No script, no runaway, no growth."""

import json

import pytest

from office.workflow.bpmn import spec
from office.workflow.bpmn.engine import faults
from office.workflow.bpmn.engine.parts import ENGINE, SafeEngine
from office.workflow.bpmn.gate import check
from tests.support.bpmn import (
    END,
    PARALLEL,
    SERIAL,
    START,
    Runner,
    bpmn,
    chain,
    flow,
    loop,
    part,
    published,
    user,
)

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
