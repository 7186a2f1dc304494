"""Whatever the bytes are, the gate answers."""

import random

import pytest

from office.workflow.bpmn import spec
from office.workflow.bpmn.engine.faults import EngineFault
from office.workflow.bpmn.gate import check
from office.workflow.bpmn.steps import NotAList, steps_of
from office.workflow.bpmn.svg import svg
from tests.support.bpmn import END, SAMPLES, START, Runner, bpmn, chain, flow, part, timer, user
from tests.support.mutations import mutate

OWN = [
    bpmn(START, user("a"), END, chain("start", "a", "end")),
    bpmn(
        START, user("a"), part("exclusiveGateway", "g", default="g_end"), timer("t", "a"), user("b"), END,
        chain("start", "a", "g", "end"), flow("g", "a", "x > 1"), flow("t", "b"), flow("b", "end"),
    ),
    bpmn(
        START, part("inclusiveGateway", "f", default="f_a"), part("inclusiveGateway", "j"), user("a"),
        part("subProcess", "s", START.replace('"start"', '"s1"') + user("b") + END.replace("end", "e1") + chain("s1", "b", "e1")),
        END, chain("start", "f", "a", "j", "end"), flow("f", "s", "x > 1"), flow("s", "j"),
    ),
]  # fmt: skip


@pytest.mark.parametrize("seed", range(6))
def test_mutations_never_raise(seed: int) -> None:
    source = random.Random(seed)
    corpus = OWN + [
        path.read_bytes() for path in sorted(SAMPLES.glob("*.bpmn")) if path.stat().st_size < 60_000
    ]
    published = 0
    for _ in range(60):
        content = mutate(source.choice(corpus), source)
        report = check(content, fields={"x": "number"}, roles=[], services=[], processes={})
        for each in report.findings:
            assert each.text
        if report.definition is not None:
            published += 1
            assert svg(report.definition)
            try:
                steps_of(report.definition)
            except NotAList:
                pass
            try:
                spec.start(spec.compile_definition(report.definition)).dump()
            except EngineFault:
                pass
    assert published, "the mutations are too strong to test anything behind the gate"


def test_random_bytes_never_raise() -> None:
    source = random.Random(1)
    for _ in range(200):
        assert not check(source.randbytes(source.randrange(400))).ok


def test_a_runner_is_needed_for_what_is_published() -> None:
    """The control: what the mutations start from runs to its end."""
    run = Runner(OWN[1]).done("a", "agree")
    assert run.state.completed
