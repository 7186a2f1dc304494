import pytest

from office.workflow.bpmn.engine.compiling import definition_as_json, definition_from_json
from office.workflow.bpmn.findings import Findings
from office.workflow.bpmn.gate import check
from office.workflow.bpmn.reading import read
from office.workflow.bpmn.steps import ListedStep, steps_as_json, steps_from_json, steps_of
from office.workflow.bpmn.writing import write
from tests.support.bpmn import END, START, STARTER, bpmn, chain, flow, part, user

PLAIN = bpmn(START, user("a"), END, chain("start", "a", "end"))


def codes(content: bytes) -> set[tuple[str, str]]:
    return {(each.element, each.code) for each in check(content).errors}


def recoded(name: str) -> bytes:
    text = (
        PLAIN.decode()
        .replace("UTF-8", name)
        .replace("PROCESS", "流程")
        .replace('name="A"', 'name="科长审核"')
    )
    return text.encode("gb18030" if name.startswith("GB") else name)


@pytest.mark.parametrize("name", ["UTF-8", "UTF-16", "GBK", "GB2312", "GB18030"])
def test_it_reads_encodings(name: str) -> None:
    report = check(recoded(name))
    assert report.definition is not None
    assert report.definition.nodes["a"].name == "科长审核"


def test_utf_16_without_a_mark_and_a_mark_without_declaration_are_read() -> None:
    assert check(PLAIN.decode().replace("UTF-8", "UTF-16").encode("utf-16-le")).ok
    assert check(b"\xef\xbb\xbf" + PLAIN.split(b"?>", 1)[1]).ok


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "not_xml"),
        (b"\x00" * 50, "not_xml"),
        (b"<a>", "not_xml"),
        (b"<a/>", "not_bpmn"),
        (b"PK\x03\x04 a zip", "not_xml"),
        (PLAIN.replace(b"UTF-8", b"klingon"), "encoding"),
        (PLAIN.replace(b'name="A"', b'name="\xff\xfe"'), "encoding"),
        (b"<!DOCTYPE x [<!ENTITY a 'b'>]>" + PLAIN.split(b"?>", 1)[1], "doctype"),
        (b'<!doctype x SYSTEM "file:///etc/passwd">' + PLAIN.split(b"?>", 1)[1], "doctype"),
        (b"<a>" * 5000 + b"</a>" * 5000, "not_xml"),
        (PLAIN.replace(b'name="A"', b'name="&unknown;"'), "not_xml"),
        (PLAIN + b" " * 9_000_000, "too_large"),
    ],
)
def test_it_refuses_bytes(content: bytes, code: str) -> None:
    assert [each.code for each in check(content).errors] == [code]


def test_an_external_entity_is_not_read(tmp_path) -> None:  # type: ignore[no-untyped-def]
    secret = tmp_path / "secret"
    secret.write_text("the secret")
    content = f'<!DOCTYPE d [<!ENTITY x SYSTEM "{secret.as_uri()}">]>'.encode() + PLAIN.split(b"?>", 1)[
        1
    ].replace(b'name="A"', b'name="A" tb:nameEn="&x;"')
    report = check(content)
    assert not report.ok
    assert "secret" not in str([each.as_dict() for each in report.findings])


@pytest.mark.parametrize(
    ("element", "code"),
    [
        (part("scriptTask", "x", "<script>import os</script>"), "script"),
        (part("task", "x", "<script>1</script>"), "script"),
        (part("task", "x", scriptFormat="groovy"), "script"),
        (part("adHocSubProcess", "x"), "ad_hoc"),
        (part("transaction", "x"), "transaction"),
        (part("complexGateway", "x"), "complex_gateway"),
        (part("subProcess", "x", triggeredByEvent="true"), "event_sub_process"),
        (part("choreographyTask", "x"), "unknown"),
        (part("userTask", "x", "<standardLoopCharacteristics/>"), "standard_loop"),
        (part("subProcess", "x", "<multiInstanceLoopCharacteristics/>"), "loop_collection"),
        ("<userTask name='X'/>", "no_id"),
        (part("userTask", "a"), "duplicate_id"),
        (part("userTask", "x" * 300), "long_id"),
        (
            part("userTask", "x", "<extensionElements><camunda:taskListener class='a.B'/></extensionElements>"),
            "foreign_acts",
        ),
        (
            part("userTask", "x", "<extensionElements><camunda:executionListener event='end'><camunda:script>1"
            "</camunda:script></camunda:executionListener></extensionElements>"),
            "foreign_acts",
        ),
        ("<serviceTask id='x' name='X' camunda:delegateExpression='${bean}'/>", "foreign_acts"),
        ("<serviceTask id='x' name='X' camunda:class='a.B'/>", "foreign_acts"),
        ("<userTask id='x' name='X' camunda:assignee='${starter}'/>", "foreign_expression"),
        (
            part("task", "x", "<extensionElements><zeebe:ioMapping><zeebe:input source='=1+1' target='a'/>"
            "</zeebe:ioMapping></extensionElements>"),
            "foreign_expression",
        ),
        (
            part("userTask", "x", "<extensionElements><tb:performers><tb:performer kind='god'/></tb:performers>"
            "</extensionElements>"),
            "extension",
        ),
    ],
)  # fmt: skip
def test_it_refuses_an_element_and_names_it(element: str, code: str) -> None:
    found = {
        each.code: each
        for each in check(bpmn(START, user("a"), element, END, chain("start", "a", "end"))).errors
    }
    assert code in found
    assert found[code].where


def test_a_script_in_a_condition_is_refused() -> None:
    text = flow("a", "end").replace(
        "></sequenceFlow>",
        "><conditionExpression language='javascript'>true</conditionExpression></sequenceFlow>",
    )
    assert ("a_end", "script") in codes(bpmn(START, user("a"), END, flow("start", "a"), text))


def test_what_other_tools_only_describe_is_left_out() -> None:
    content = bpmn(
        START, part("userTask", "a", "<extensionElements><camunda:properties><camunda:property name='a' value='b'/>"
        "</camunda:properties><tb:performers><tb:performer kind='starter'/></tb:performers></extensionElements>"),
        END, chain("start", "a", "end"),
    )  # fmt: skip
    report = check(content)
    assert report.ok
    assert [each.code for each in report.warnings] == ["foreign"]


def test_the_executable_process_is_chosen() -> None:
    second = (
        '<process id="q" isExecutable="{}"><startEvent id="s2"/><endEvent id="e2"/>'
        + flow("s2", "e2")
        + "</process>"
    )
    report = check(bpmn(START, user("a"), END, chain("start", "a", "end"), outside=second.format("false")))
    assert report.definition is not None
    assert report.definition.id == "p"
    both = bpmn(START, user("a"), END, chain("start", "a", "end"), outside=second.format("true"))
    assert {("p", "several_processes"), ("q", "several_processes")} == codes(both)


def test_the_extension_is_read() -> None:
    inside = """
      <tb:performers><tb:performer kind="role" ref="clerk"/><tb:performer kind="starter"/></tb:performers>
      <tb:copies><tb:performer kind="post" ref="p1"/></tb:copies>
      <tb:sign rule="share" share="60" order="sequence"/><tb:deadline amount="2" unit="workdays"/>
      <tb:escalation after="1" unit="hours" to="head"/><tb:field name="amount" access="required"/>
      <tb:action name="return" allowed="false"/><tb:outcome value="agree" label="同意" labelEn="Agree"/>
      <tb:outcome value="no" label="不同意"/>"""
    definition = read(bpmn(START, user("a", inside), END, chain("start", "a", "end")), Findings())
    assert definition is not None
    step = definition.nodes["a"].step
    assert step is not None
    assert [(each.kind, each.ref) for each in step.performers] == [("role", "clerk"), ("starter", "")]
    assert [each.kind for each in step.copies] == ["post"]
    assert (step.sign.rule, step.sign.share, step.sign.order) == ("share", 60, "sequence")
    assert step.deadline is not None
    assert (step.deadline.amount, step.deadline.unit) == (2, "workdays")
    assert step.escalation is not None
    assert (step.escalation.after, step.escalation.to) == (1, "head")
    assert step.access("amount") == "required"
    assert step.access("other") == "read"
    assert not step.allows("return")
    assert not step.allows("reject")
    assert step.outcomes[0].label_en == "Agree"


@pytest.mark.parametrize(
    ("said", "allowed"),
    [("", False), ('<tb:action name="reject"/>', True), ('<tb:action name="reject" allowed="true"/>', True),
     ('<tb:action name="reject" allowed="false"/>', False)],
)  # fmt: skip
def test_rejecting_is_allowed_only_where_it_is_said(said: str, allowed: bool) -> None:
    report = check(bpmn(START, user("a", STARTER + said), END, chain("start", "a", "end")))
    assert report.definition is not None
    step = report.definition.nodes["a"].step
    assert step is not None
    assert step.allows("reject") is allowed
    assert step.denied == frozenset()
    # Written, read again, stored and taken out of the store, it is the same.
    again = read(write(report.definition), Findings())
    assert again is not None
    assert again.nodes["a"].step == step
    stored = definition_from_json(definition_as_json(report.definition))
    assert stored.nodes["a"].step == step
    (listed,) = steps_from_json(steps_as_json(steps_of(report.definition))).items
    assert isinstance(listed, ListedStep)
    assert listed.step == step


def test_several_instances_without_a_collection_are_countersigning() -> None:
    repeats = '<multiInstanceLoopCharacteristics isSequential="true"/>'
    report = check(bpmn(START, user("a", more=repeats), END, chain("start", "a", "end")))
    assert report.definition is not None
    step = report.definition.nodes["a"].step
    assert step is not None
    assert (step.sign.rule, step.sign.order) == ("all", "sequence")
