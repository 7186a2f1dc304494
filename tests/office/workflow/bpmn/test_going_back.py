"""Returning to an earlier step (退回), and what the engine forgets then."""

import pytest

from office.workflow.bpmn.engine import faults
from tests.support.bpmn import (
    END,
    PARALLEL,
    START,
    Runner,
    chain,
    flow,
    gateways,
    loop,
    part,
    published,
    timer,
    user,
)


def test_a_join_that_was_taken_back_waits_again() -> None:
    run = Runner(published(*PARALLEL)).done("a").done("b")
    run.back("b", "z")
    assert run.at == ["b"]
    assert run.done("b").at == ["z"]
    run.state.reset_to("b")
    run.again()
    assert run.done("b").at == ["z"]


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
