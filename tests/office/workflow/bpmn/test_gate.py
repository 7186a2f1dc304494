import time
from typing import Any

import pytest
from django.utils import translation

from office.workflow.bpmn.findings import Findings
from office.workflow.bpmn.gate import check
from office.workflow.bpmn.reading import read
from tests.support.bpmn import AGREE, END, SAMPLES, START, STARTER, bpmn, chain, flow, part, timer, user

PARALLEL = (part("parallelGateway", "f"), part("parallelGateway", "j"))


def codes(*parts: str, **known: Any) -> set[tuple[str, str]]:
    return {(each.element, each.code) for each in check(bpmn(*parts), **known).errors}


def performer(kind: str, ref: str = "") -> str:
    return f'<tb:performers><tb:performer kind="{kind}" ref="{ref}"/></tb:performers>'


def gateway(kind: str = "exclusiveGateway", node: str = "g", **more: str) -> str:
    return part(kind, node, **more)


@pytest.mark.parametrize(
    ("parts", "found"),
    [
        ((START, user("a"), chain("start", "a")), {("p", "no_end"), ("a", "dead_end")}),
        ((user("a"), END, chain("a", "end")), {("p", "no_start")}),
        ((START, user("a"), user("b"), END, chain("start", "a", "end")), {("b", "unreachable"), ("b", "dead_end")}),
        ((START, user("a", AGREE), END, chain("start", "a", "end")), {("a", "no_performers")}),
        ((START, part("serviceTask", "a"), END, chain("start", "a", "end")), {("a", "service_missing")}),
        ((START, part("callActivity", "a"), END, chain("start", "a", "end")), {("a", "process_missing")}),
        ((START, part("receiveTask", "a"), user("b"), END, chain("start", "a", "b", "end")), set()),
        ((START, user("a"), END, chain("start", "a", "end", "a")), {("end", "end_outgoing")}),
        ((START, START.replace('"start"', '"s2"'), user("a"), END, chain("start", "a", "end"), flow("s2", "a")), {("s2", "several_starts")}),
        ((START, user("a"), gateway(), user("b"), END, chain("start", "a", "g", "b", "end"), flow("g", "end")),
         {("g_b", "flow_condition"), ("g_end", "flow_condition")}),
        ((START, user("a"), gateway(default="g_b"), user("b"), END, chain("start", "a", "g", "b", "end"), flow("g", "end", "x >")),
         {("g_end", "expression_syntax")}),
        ((START, user("a"), gateway(default="nope"), END, chain("start", "a", "g", "end")), {("g", "default_foreign")}),
        ((START, user("a"), flow("a", "nowhere"), END, chain("start", "a", "end")), {("a_nowhere", "flow_ends")}),
        ((START, user("a", performer("former", "b")), user("b"), END, chain("start", "a", "b", "end")), {("a", "former_later")}),
        ((START, user("a", performer("former", "z")), END, chain("start", "a", "end")), {("a", "former_unknown")}),
        ((START, user("a"), user("b", performer("former", "a")), END, chain("start", "a", "b", "end")), set()),
        ((START, user("a", performer("head", "parent")), user("b", performer("head", "a")), END, chain("start", "a", "b", "end")), set()),
        ((START, user("a", performer("head", "b")), user("b"), END, chain("start", "a", "b", "end")), {("a", "former_later")}),
        ((START, user("a", performer("account")), END, chain("start", "a", "end")), {("a", "performer_ref"), ("a", "no_performers")}),
        ((START, user("a"), timer("t", "a", "soon"), END, chain("start", "a", "end"), flow("t", "end")), {("t", "timer_text")}),
        ((START, user("a"), timer("t", "a", "P99Y"), END, chain("start", "a", "end"), flow("t", "end")), {("t", "timer_text")}),
        ((START, user("a"), timer("t", "zz"), END, chain("start", "a", "end"), flow("t", "end")), {("t", "boundary_host"), ("t", "unreachable")}),
        ((START, user("a"), timer("t", "a", "R3/PT1H", tag="timeCycle"), END, chain("start", "a", "end"), flow("t", "end")), {("t", "timer_cycle")}),
        ((START, user("a", STARTER + '<tb:escalation after="1" unit="days" to="head"/>'), END, chain("start", "a", "end")), {("a", "escalation_alone")}),
        ((START, user("a", STARTER + '<tb:deadline amount="0" unit="workdays"/>'), END, chain("start", "a", "end")), {("a", "amount")}),
        (('<startEvent id="start"><timerEventDefinition><timeCycle>R/P1D</timeCycle></timerEventDefinition></startEvent>',
          user("a"), END, chain("start", "a", "end")), {("start", "start_kind")}),
        ((START, part("intermediateCatchEvent", "c", "<signalEventDefinition/>"), END, chain("start", "c", "end")), {("c", "event_kind")}),
        ((START, user("a"), gateway("eventBasedGateway"), user("b"), END, chain("start", "a", "g", "b", "end")), {("g", "event_gateway")}),
        ((START, user("a-b"), user("a_b"), END, chain("start", "a-b", "a_b", "end")), {("a_b", "name_clash")}),
        ((START, user("a"), END, flow("start", "a", "true"), flow("a", "end")), {("start_a", "condition_misplaced")}),
        ((START, user("a", more='<multiInstanceLoopCharacteristics tb:collection="a.b" tb:item="x"/>'), END, chain("start", "a", "end")), {("a", "name_invalid")}),
    ],
)  # fmt: skip
def test_it_names_each_fault_on_its_element(parts: tuple[str, ...], found: set[tuple[str, str]]) -> None:
    names = codes(*parts)
    if ("a", "message_missing") in names:  # a receive task without a message takes its name
        names.discard(("a", "message_missing"))
    assert names == found


def test_unknown_names_are_refused_where_what_exists_is_told() -> None:
    parts = (
        START,
        user("a", performer("role", "boss") + '<tb:field name="nope" access="edit"/>'),
        user("b", performer("field", "amount") + performer("head", "amount")),
        part("serviceTask", "s", '<extensionElements><tb:service name="nope"/></extensionElements>'),
        part("callActivity", "c", calledElement="other"),
        gateway(default="g_end"),
        END,
        chain("start", "a", "b", "s", "c", "g", "end"),
        flow("g", "a", "amuont > 5 and a_outcome == 'agree' and outcome == 'x'"),
    )
    found = codes(*parts, fields={"amount": "number"}, roles=["clerk"], services=["numbers"], processes={})
    assert found == {
        ("a", "role_unknown"),
        ("a", "field_unknown"),
        ("b", "field_person"),
        ("b", "head_unknown"),
        ("s", "service_unknown"),
        ("c", "process_unknown"),
        ("g_a", "expression_name"),
    }
    assert codes(*parts) == set()


def test_a_loop_that_waits_for_nobody_is_refused() -> None:
    service = part("serviceTask", "s", '<extensionElements><tb:service name="n"/></extensionElements>')
    parts = (
        START,
        service,
        gateway(default="g_end"),
        END,
        chain("start", "s", "g", "end"),
        flow("g", "s", "x > 1"),
    )
    assert codes(*parts) == {("g", "loop_without_wait")}
    waits = (
        *parts[:2],
        *parts[2:4],
        user("a"),
        chain("start", "s", "g", "end"),
        flow("g", "a", "x > 1"),
        flow("a", "s"),
    )
    assert codes(*waits) == set()


def test_a_loop_without_exit_is_refused() -> None:
    parts = (START, user("a"), user("b"), END, chain("start", "a", "b", "a"), user("c"), flow("c", "end"))
    assert ("a", "loop_without_exit") in codes(*parts)
    never = (
        START,
        user("a"),
        gateway(default="g_a"),
        END,
        chain("start", "a", "g", "a"),
        flow("g", "end", "1 == 2"),
    )
    assert ("g", "loop_without_exit") in codes(*never)


def test_a_parallel_join_that_waits_for_ever_is_refused() -> None:
    parts = (START, gateway(default="g_a"), user("a"), user("b"), part("parallelGateway", "j"), END)
    flows = (chain("start", "g", "a", "j", "end"), flow("g", "b", "x > 1"), flow("b", "j"))
    assert codes(*parts, *flows) == {("j", "join_never")}
    both = (
        START,
        *PARALLEL,
        user("a"),
        user("b"),
        END,
        chain("start", "f", "a", "j", "end"),
        flow("f", "b"),
        flow("b", "j"),
    )
    assert codes(*both) == set()


def test_a_branch_that_may_leave_a_parallel_part_is_refused() -> None:
    parts = (START, *PARALLEL, user("a"), user("b"), gateway(default="g_j"), END)
    flows = (
        chain("start", "f", "a", "g", "j", "end"),
        flow("f", "b"),
        flow("b", "j"),
        flow("g", "end", "x > 1"),
    )
    assert codes(*parts, *flows) == {("j", "join_never")}
    terminates = [
        each.replace("/>", "><terminateEventDefinition/></endEvent>") if each == END else each
        for each in parts
    ]
    assert (
        codes(
            *terminates,
            END.replace('"end"', '"e2"'),
            *flows[1:3],
            chain("start", "f", "a", "g", "j", "e2"),
            flow("g", "end", "x > 1"),
        )
        == set()
    )


def test_an_inclusive_join_is_no_fault() -> None:
    parts = (
        START,
        part("inclusiveGateway", "f", default="f_a"),
        part("inclusiveGateway", "j"),
        user("a"),
        user("b"),
        END,
    )
    assert (
        codes(*parts, chain("start", "f", "a", "j", "end"), flow("f", "b", "x > 1"), flow("b", "j")) == set()
    )


def test_circles_of_calls_are_found() -> None:
    def calling(code: str) -> bytes:
        return bpmn(
            START,
            user("a"),
            part("callActivity", "c", calledElement=code),
            END,
            chain("start", "a", "c", "end"),
        )

    other = read(calling("me"), Findings())
    report = check(calling("other"), processes={"other": other}, code="me")
    assert [(each.element, each.code) for each in report.errors] == [("c", "process_recursion")]
    assert codes(START, user("a"), part("callActivity", "c", calledElement="me"), END, chain("start", "a", "c", "end"),
                 processes={}, code="me") == {("c", "process_recursion")}  # fmt: skip


def test_errors_can_be_read_in_both_languages() -> None:
    from office.workflow.bpmn.texts import FINDINGS

    found = check(bpmn(START, user("a", AGREE), END, chain("start", "a", "end"))).errors[0]
    with translation.override("en"):
        assert found.text == "Nobody does this step. Name at least one performer."
    assert found.where == "A"
    for text in FINDINGS.values():
        assert str(text)


def large(count: int, kind: str = "serial") -> bytes:
    parts = [START, END]
    names = [f"t{number}" for number in range(count - 2)]
    parts += [user(each) for each in names]
    if kind == "serial":
        parts.append(chain("start", *names, "end"))
    else:
        for each in names:
            parts += [flow("start", each), flow(each, "end")]
    return bpmn(*parts)


@pytest.mark.parametrize("kind", ["serial", "wide"])
def test_five_thousand_elements_are_answered_in_time(kind: str) -> None:
    content = large(5000, kind)
    started = time.process_time()
    report = check(content)
    assert time.process_time() - started < 5
    assert [(each.element, each.code) for each in report.errors] == [("p", "too_many")]


@pytest.mark.parametrize("kind", ["serial", "wide"])
def test_the_largest_that_is_taken_is_answered_in_time(kind: str) -> None:
    started = time.process_time()
    report = check(large(400, kind))
    assert time.process_time() - started < 5
    assert report.ok


def test_many_choices_do_not_explode() -> None:
    parts = [START, END, *PARALLEL, flow("start", "f"), flow("j", "end")]
    for number in range(40):
        a, b, c, m = (f"{letter}{number}" for letter in "abcm")
        parts += [
            user(a),
            user(b),
            part("exclusiveGateway", c, default=f"{c}_{a}"),
            part("exclusiveGateway", m),
        ]
        parts += [flow("f", c), flow(c, a), flow(c, b, "x > 1"), flow(a, m), flow(b, m), flow(m, "j")]
    started = time.process_time()
    report = check(bpmn(*parts))
    assert time.process_time() - started < 5
    assert report.ok


@pytest.mark.skipif(not SAMPLES.exists(), reason="../shared/data/bpmn is not here")
def test_samples_of_modelling_tools_are_published_or_refused_by_name() -> None:
    files = sorted(SAMPLES.glob("*.bpmn"))
    assert files
    for path in files:
        started = time.process_time()
        report = check(path.read_bytes())
        assert time.process_time() - started < 5
        assert report.ok or all(each.element for each in report.errors), path.name
