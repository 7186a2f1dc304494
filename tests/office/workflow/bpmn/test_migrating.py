"""Running instances on another version."""

import pytest

from office.workflow.bpmn import spec
from office.workflow.bpmn.engine import faults
from tests.support.bpmn import (
    END,
    PARALLEL,
    START,
    STARTER,
    Runner,
    chain,
    flow,
    gateways,
    published,
    timer,
    user,
)


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
