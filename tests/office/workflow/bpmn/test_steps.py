"""The list of steps writes BPMN that passes the gate, and is read back exactly."""

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from asp.forms import Definition as Form
from office.workflow.bpmn.gate import check
from office.workflow.bpmn.steps import (
    NotAList,
    StepsFault,
    definition_of_steps,
    steps_as_json,
    steps_from_json,
    steps_of,
    write_steps,
)
from office.workflow.bpmn.writing import write
from office.workflow.managing.facts import field_kinds
from tests.support.bpmn import END, START, Runner, bpmn, chain, flow, part, timer, user
from tests.support.engineering_centre import ENGINEERING_CENTRE

TEMPLATES = sorted((Path(__file__).parents[4] / "office" / "workflow" / "central").glob("*.json"))
AGREE = {"value": "agree", "label": "同意", "label_en": "Agree", "goto": "next"}


def step(name: str, **more: Any) -> dict[str, Any]:
    return {"id": name, "name": name.upper(), "performers": [{"kind": "starter"}], **more}


def disagree(goto: str) -> dict[str, str]:
    return {"value": "disagree", "label": "不同意", "goto": goto}


def listed(*steps: dict[str, Any]) -> dict[str, Any]:
    return {"id": "p", "name": "流程", "steps": list(steps)}


EVERYTHING = listed(
    step(
        "a", name_en="A", note="要点", sign={"rule": "share", "share": 60, "order": "sequence"},
        deadline={"amount": 2, "unit": "workdays"}, escalation={"after": 1, "unit": "hours", "to": "starter"},
        fields={"x": "required", "y": "hidden"}, denied=["add_signers", "return"],
        outcomes=[AGREE, disagree("end")], skip='x > 5 and y == "b"',
        copies=[{"kind": "role", "ref": "clerk"}],
    ),
    step("b", outcomes=[AGREE, disagree("back"), {"value": "more", "label": "补充", "goto": "step:e"}]),
    {"id": "g", "name": "并联", "name_en": "Side by side", "parallel": [
        step("c", outcomes=[AGREE, disagree("back")], skip="x > 1"),
        step("d", outcomes=[AGREE, disagree("end")]),
        step("h"),
    ]},
    step("e", outcomes=[AGREE, disagree("step:a")], skip="y == null"),
    step("f", outcomes=[AGREE, disagree("step:g")]),
)  # fmt: skip


@pytest.mark.parametrize("stored", [EVERYTHING, listed(step("a")), ENGINEERING_CENTRE])
def test_it_is_written_and_read_back_exactly(stored: dict[str, Any]) -> None:
    steps = steps_from_json(stored)
    content = write_steps(steps)
    report = check(content)
    assert report.ok, [(each.element, each.text) for each in report.errors]
    assert report.definition == definition_of_steps(steps)
    assert steps_of(report.definition) == steps
    assert steps_from_json(steps_as_json(steps)) == steps
    assert steps_as_json(steps_of(report.definition)) == json.loads(json.dumps(steps_as_json(steps)))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_central_templates_are_published(path: Path) -> None:
    template = json.loads(path.read_text())
    steps = steps_from_json(template["steps"])
    fields = field_kinds(Form.read(template["form"]))
    report = check(write_steps(steps), fields=fields, roles=template["roles"], services=[], processes={})
    assert report.findings == []
    assert report.definition is not None
    assert steps_of(report.definition) == steps
    assert template["name"]
    assert template["name_en"]
    for each in report.definition.steps:
        assert each.name_en


def test_there_are_templates() -> None:
    names = {path.stem for path in TEMPLATES}
    assert names == {
        "leave",
        "business_trip",
        "purchase",
        "seal_use",
        "vehicle_use",
        "meeting_room",
        "supplies",
        "general_approval",
        "open_flow",
    }


def test_the_outcomes_lead_where_the_list_says() -> None:
    content = write_steps(steps_from_json(EVERYTHING))
    assert Runner(content, {"x": 9, "y": "b"}).at == ["b"]
    run = Runner(content, {"x": 2, "y": "b"})
    assert run.at == ["a"]
    assert run.done("a", "agree").at == ["b"]
    assert run.done("b", "disagree").at == ["a"]
    assert run.done("a", "agree").done("b", "more").at == ["e"]
    assert run.done("e", "disagree").at == ["a"]
    run.done("a", "agree").done("b", "agree")
    assert run.at == ["d", "h"]
    assert run.done("h").done("d", "disagree").state.completed


def test_a_parallel_group_decides_when_all_have_answered() -> None:
    run = Runner(write_steps(steps_from_json(EVERYTHING)), {"x": 0, "y": None})
    run.done("a", "agree").done("b", "agree")
    run.done("c", "disagree")
    assert run.at == ["d", "h"]
    run.done("h").done("d", "agree")
    assert run.at == ["b"]
    # The branch that is left out this time does not count with its earlier answer.
    run.done("b", "agree", x=2).done("d", "agree").done("h")
    assert run.at == ["f"]
    assert run.done("f", "disagree").at == ["d", "h"]


def test_it_ends_where_a_step_says_so() -> None:
    assert Runner(write_steps(steps_from_json(EVERYTHING)), {"x": 0}).done("a", "disagree").state.completed


def changed(path: str, value: Any) -> dict[str, Any]:
    stored = deepcopy(EVERYTHING)
    here: Any = stored
    *way, last = path.split(".")
    for each in way:
        here = here[int(each)] if each.isdigit() else here[each]
    if last.isdigit():
        here[int(last)] = value
    else:
        here[last] = value
    return stored


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("steps", []), ("steps", "x"), ("steps", [None]), ("id", "a b"), ("steps.0.id", "x-y"), ("steps.0.id", "b"),
        ("steps.0.id", ""), ("steps.0.colour", "red"), ("steps.0.performers", [{"kind": "god"}]),
        ("steps.0.performers", [{"kind": "role"}]), ("steps.0.performers", [{"kind": "starter", "ref": "x"}]),
        ("steps.0.sign", {"rule": "share"}), ("steps.0.sign.share", 101), ("steps.0.sign.share", True),
        ("steps.0.deadline", {"amount": 0, "unit": "days"}), ("steps.0.deadline.unit", "moons"),
        ("steps.0.escalation.to", "god"), ("steps.0.fields", {"a b": "read"}), ("steps.0.fields", {"a": "eat"}),
        ("steps.0.denied", ["live"]), ("steps.0.outcomes.0.value", 'a"b'), ("steps.0.outcomes.0.goto", "step:none"),
        ("steps.0.outcomes.0.goto", "back"), ("steps.0.outcomes.0.goto", "step:c"), ("steps.0.outcomes.1.value", "agree"),
        ("steps.2.parallel", [step("c")]), ("steps.2.parallel.0", {"id": "q", "name": "", "parallel": []}),
        ("steps.0.name", "a\x00b"), ("steps.0.skip", "x" * 501), ("steps.0.name", 5),
    ],
)  # fmt: skip
def test_a_list_that_is_not_understood_is_refused(path: str, value: Any) -> None:
    with pytest.raises(StepsFault) as refused:
        steps_from_json(changed(path, value))
    assert refused.value.params["place"]
    assert refused.value.text


def test_no_list_is_given_for_what_a_list_cannot_say() -> None:
    inner = user("x")
    drawings = {
        "timer": (START, user("a"), timer("t", "a"), END, chain("start", "a", "end"), flow("t", "end")),
        "two ends": (START, user("a"), part("exclusiveGateway", "g", default="g_end"), END, END.replace('"end"', '"e2"'),
                     chain("start", "a", "g", "end"), flow("g", "e2", "x")),
        "service": (START, user("a"), part("serviceTask", "s"), END, chain("start", "a", "s", "end")),
        "items": (START, user("a", more="<multiInstanceLoopCharacteristics tb:collection='c'/>"), END, chain("start", "a", "end")),
        "inclusive": (START, part("inclusiveGateway", "f", default="f_a"), user("a"), inner, part("inclusiveGateway", "j"), END,
                      chain("start", "f", "a", "j", "end"), flow("f", "x", "y"), flow("x", "j")),
        "long branch": (START, part("parallelGateway", "f"), user("a"), user("b"), inner, part("parallelGateway", "j"), END,
                        chain("start", "f", "a", "b", "j", "end"), chain("f", "x", "j")),
    }  # fmt: skip
    for name, parts in drawings.items():
        report = check(bpmn(*parts))
        definition = report.definition
        if definition is None:
            from office.workflow.bpmn.findings import Findings
            from office.workflow.bpmn.reading import read

            definition = read(bpmn(*parts), Findings())
            assert definition is not None
        with pytest.raises(NotAList) as refused:
            steps_of(definition)
        assert refused.value.element, name


def test_a_simple_drawing_is_a_list() -> None:
    parallel = part("parallelGateway", "fork-1") + part("parallelGateway", "j")
    content = bpmn(
        START, user("a"), parallel, user("b"), user("c"), END,
        chain("start", "a", "fork-1", "b", "j", "end"), chain("fork-1", "c", "j"),
    )  # fmt: skip
    report = check(content)
    assert report.definition is not None
    steps = steps_of(report.definition)
    assert [each.id for each in steps.items] == ["a", "fork_1"]
    assert Runner(write_steps(steps)).done("a").at == ["b", "c"]


def test_a_step_that_was_changed_in_the_designer_is_read() -> None:
    content = write_steps(steps_from_json(EVERYTHING)).replace("不同意".encode(), "退回".encode())
    report = check(content)
    assert report.definition is not None
    assert "退回" in json.dumps(steps_as_json(steps_of(report.definition)), ensure_ascii=False)


def test_every_kind_of_element_is_written_as_it_is_read() -> None:
    inner = (
        START.replace('"start"', '"s1"')
        + user("x")
        + '<endEvent id="e1"><errorEventDefinition errorRef="er"/></endEvent>'
        + chain("s1", "x", "e1")
    )
    content = bpmn(
        START, user("a"), timer("t", "a", ends=False), timer("t2", "a", "R2/PT1H", ends=False, tag="timeCycle"),
        part("subProcess", "s", inner), part("boundaryEvent", "b", '<errorEventDefinition errorRef="er"/>', attachedToRef="s"),
        part("sendTask", "m", messageRef="m1"), part("eventBasedGateway", "g"),
        part("receiveTask", "r", messageRef="m1"),
        part("intermediateCatchEvent", "w", '<timerEventDefinition><extensionElements><tb:wait amount="3" unit="workdays"/>'
             "</extensionElements></timerEventDefinition>"),
        part("serviceTask", "v", '<extensionElements><tb:service name="n"/></extensionElements>'),
        user("i", more='<multiInstanceLoopCharacteristics tb:collection="c" tb:item="d"><completionCondition>i_count &gt; 1'
             "</completionCondition></multiInstanceLoopCharacteristics>"),
        part("intermediateThrowEvent", "l1", '<linkEventDefinition name="l"/>'),
        part("intermediateCatchEvent", "l2", '<linkEventDefinition name="l"/>'),
        '<endEvent id="end"><terminateEventDefinition/></endEvent>', END.replace('"end"', '"e2"'),
        chain("start", "a", "s", "m", "g", "r", "v", "l1"), chain("g", "w", "v"), chain("l2", "i", "end"),
        flow("t", "e2"), flow("t2", "e2"), flow("b", "e2"),
        outside='<message id="m1" name="paid"/><error id="er" name="no" errorCode="no"/>',
    )  # fmt: skip
    report = check(content)
    assert report.ok, [(each.element, each.text) for each in report.errors]
    assert report.definition is not None
    again = check(write(report.definition)).definition
    assert again is not None
    assert again.nodes == report.definition.nodes
    assert again.flows == report.definition.flows
