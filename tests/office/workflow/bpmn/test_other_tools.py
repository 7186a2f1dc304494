"""What drawings of other tools bring along: encodings, references, leftovers of other engines."""

import pytest
from django.utils import translation

from office.workflow.bpmn.gate import Report, check
from tests.support.bpmn import END, START, Runner, bpmn, chain, flow, part, timer, user

PLAIN = bpmn(START, user("a"), END, chain("start", "a", "end"))


def found(content: bytes) -> set[tuple[str, str]]:
    return {(each.where, each.code) for each in check(content).findings}


def drawn(*parts: str, outside: str = "") -> Report:
    return check(bpmn(*parts, outside=outside))


def line(name: str, source: str, target: str, condition: str = "") -> str:
    inside = f"<conditionExpression>{condition}</conditionExpression>" if condition else ""
    return f'<sequenceFlow id="{name}" sourceRef="{source}" targetRef="{target}">{inside}</sequenceFlow>'


@pytest.mark.parametrize(
    ("name", "codec"),
    [("MacRoman", "mac_roman"), ("WINDOWS-1252", "cp1252"), ("windows-1251", "cp1251"), ("Shift_JIS", "cp932"),
     ("EUC-KR", "euc_kr"), ("iso-8859-2", "iso8859-2"), ("cp936", "gb18030"), ("Big5", "big5")],
)  # fmt: skip
def test_encodings_of_the_machines_that_editors_ran_on_are_read(name: str, codec: str) -> None:
    text = bpmn(START, part("task", "x"), END, chain("start", "x", "end")).decode().replace("UTF-8", name)
    word = {"cp1251": "Проверка", "cp932": "審査", "euc_kr": "심사", "gb18030": "审核", "big5": "審核"}.get(
        codec, "é"
    )
    report = check(text.replace('name="X"', f'name="{word}"').encode(codec))
    assert report.definition is not None
    assert report.definition.nodes["x"].name == word


def test_an_encoding_that_is_not_known_does_not_matter_in_plain_letters() -> None:
    text = bpmn(START, part("task", "x"), END, chain("start", "x", "end")).decode()
    assert check(text.replace("UTF-8", "x-of-some-machine").encode()).ok


def test_a_document_type_counts_where_it_declares_something() -> None:
    note = "<textAnnotation id='n'><text><![CDATA[<!DOCTYPE html><p>Dear all</p>]]></text></textAnnotation>"
    inside = bpmn(START, user("a"), note, END, chain("start", "a", "end"))
    assert check(inside).ok
    assert check(PLAIN.replace(b"<definitions", b"<!-- <!DOCTYPE old> --><?tool x?><definitions", 1)).ok
    for before in (
        "<!DOCTYPE d>",
        "<!-- x --><!DOCTYPE d [<!ENTITY e 'x'>]>",
        "<?tool?>\n<!DOCTYPE d SYSTEM 'd'>",
    ):
        content = PLAIN.replace(b"<definitions", before.encode() + b"<definitions", 1)
        assert [each.code for each in check(content).errors] == ["doctype"]
        marked = b"\xef\xbb\xbf\xef\xbb\xbf" + content.split(b"?>", 1)[1]
        assert [each.code for each in check(marked).errors] == ["doctype"]


def test_an_event_may_be_written_beside_the_process() -> None:
    border = part("boundaryEvent", "b", "<eventDefinitionRef>{}</eventDefinitionRef>", attachedToRef="a")
    parts = (START, user("a"), border, user("z"), END, chain("start", "a", "end"), chain("b", "z", "end"))
    beside = '<timerEventDefinition id="late"><timeDuration>PT1H</timeDuration></timerEventDefinition>'
    content = bpmn(*parts, outside=beside).decode()
    assert Runner(content.format("late").encode()).timers == ["b"]
    assert ("B", "event_kind") in found(content.format("gone").encode())


def test_what_is_refused_makes_no_faults_around_it() -> None:
    for kind, code in (
        ("scriptTask", "script"),
        ("transaction", "transaction"),
        ("adHocSubProcess", "ad_hoc"),
    ):
        report = drawn(
            START, user("a"), part(kind, "x", "<task id='in'/>"), timer("t", "x"), user("z"), END,
            chain("start", "a", "x", "z", "end"), chain("t", "z"),
        )  # fmt: skip
        assert [(each.where, each.code) for each in report.errors] == [("X", code)]


def test_a_flow_whose_id_is_taken_still_connects() -> None:
    report = drawn(
        START, user("a"), user("b"), END, line("f", "start", "a"), line("f", "a", "b"), chain("b", "end")
    )
    assert [(each.where, each.code) for each in report.errors] == [("f", "duplicate_id")]


def test_references_may_have_a_prefix_and_flows_may_stand_outside_their_part() -> None:
    inner = part("subProcess", "s", '<startEvent id="s1"/>' + user("a") + '<endEvent id="e1"/>')
    run = Runner(
        bpmn(
            START, inner, timer("t", "tns:s"), user("z"), END, chain("start", "s", "end"), chain("s1", "a", "e1"),
            chain("t", "z", "end"),
        )
    )  # fmt: skip
    assert (run.at, run.timers) == (["a"], ["t"])
    assert run.done("a").state.completed


def test_an_inner_lane_without_a_name_hides_nothing() -> None:
    lanes = (
        '<laneSet><lane id="l" name="Office"><flowNodeRef>a</flowNodeRef><childLaneSet><lane id="m">'
        "<flowNodeRef>a</flowNodeRef></lane></childLaneSet></lane></laneSet>"
    )
    report = drawn(lanes, START, user("a"), END, chain("start", "a", "end"))
    assert report.definition is not None
    assert report.definition.nodes["a"].lane == "Office"


def test_what_only_describes_the_data_of_a_process_is_left_out() -> None:
    told = "<supportedInterfaceRef>i</supportedInterfaceRef><dataInput id='d'/><dataStore id='k'/><messageFlow id='m'/>"
    assert drawn(told, START, user("a"), END, chain("start", "a", "end")).ok


def test_a_word_that_contains_script_is_no_script() -> None:
    inside = "<camunda:properties><camunda:subscription/><camunda:description/></camunda:properties>"
    assert drawn(
        START, user("a"), END, chain("start", "a", "end"), f"<extensionElements>{inside}</extensionElements>"
    ).ok


SEVERAL = "<multiInstanceLoopCharacteristics {}>{}</multiInstanceLoopCharacteristics>"
UNTIL = "<completionCondition>${nrOfCompletedInstances >= 1}</completionCondition>".replace(">=", "&gt;=")


@pytest.mark.parametrize(
    ("element", "code"),
    [
        (user("x", attributes='startQuantity="2"'), "quantity"),
        (user("x", attributes='completionQuantity="3"'), "quantity"),
        (user("x", more=SEVERAL.format("", UNTIL)), "loop_until"),
        (user("x", more=SEVERAL.format('camunda:collection="people"', "")), "loop_foreign"),
        (part("intermediateCatchEvent", "x"), "event_empty"),
        (part("intermediateCatchEvent", "x", "<signalEventDefinition/>"), "event_kind"),
    ],
)  # fmt: skip
def test_what_would_run_otherwise_than_it_is_drawn_is_said(element: str, code: str) -> None:
    assert ("X", code) in found(bpmn(START, user("a"), element, END, chain("start", "a", "x", "end")))


def test_a_countersigned_step_that_says_how_many_must_agree_may_keep_the_condition_of_another_tool() -> None:
    signed = '<tb:performers><tb:performer kind="starter"/></tb:performers><tb:sign rule="all"/>'
    assert drawn(START, user("x", signed, SEVERAL.format("", UNTIL)), END, chain("start", "x", "end")).ok


def test_compensation_is_refused_by_name_alone() -> None:
    report = drawn(
        START, user("a"), part("boundaryEvent", "c", "<compensateEventDefinition/>", attachedToRef="a"),
        part("task", "undo", isForCompensation="true"), "<association id='l' sourceRef='c' targetRef='undo'/>", END,
        chain("start", "a", "end"),
    )  # fmt: skip
    assert {(each.where, each.code) for each in report.errors} == {
        ("C", "event_kind"),
        ("UNDO", "compensation"),
    }


def test_an_event_gateway_that_waits_for_all_is_refused() -> None:
    catches = [
        part("intermediateCatchEvent", each, "<timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>")
        for each in "xy"
    ]  # fmt: skip
    gateway = part("eventBasedGateway", "g", eventGatewayType="Parallel")
    content = bpmn(
        START, gateway, *catches, user("z"), END, chain("start", "g", "x", "z", "end"), chain("g", "y", "z")
    )
    assert ("G", "event_gateway_all") in found(content)
    assert ("G", "event_gateway_all") not in found(content.replace(b"Parallel", b"Exclusive"))


@pytest.mark.parametrize("kind", ["parallelGateway", "inclusiveGateway"])
def test_two_flows_from_one_element_to_a_join_would_wait_for_ever(kind: str) -> None:
    join = (START, user("a"), part(kind, "j"), END, chain("start", "a"), chain("j", "end"))
    assert ("A", "flow_twice") in found(bpmn(*join, line("f", "a", "j"), line("g", "a", "j")))
    # A choice takes one of them, and what is done twice on purpose runs twice.
    choice = part("exclusiveGateway", "x", default="g")
    assert drawn(
        START, user("a"), choice, user("b"), END, chain("start", "a", "x"), line("f", "x", "b", "n == 1"),
        line("g", "x", "b"), chain("b", "end"),
    ).findings == []  # fmt: skip
    twice = bpmn(START, user("a"), user("b"), END, chain("start", "a"), line("f", "a", "b"), line("g", "a", "b"), chain("b", "end"))  # fmt: skip
    assert found(twice) == {("B", "runs_twice")}
    assert Runner(twice).done("a").at == ["b", "b"]


def left(kind: str, border: str, *, more: str = "") -> bytes:
    thrown = f'<{kind}EventDefinition {kind}Ref="er"/>'
    inner = (
        '<startEvent id="s1"/>'
        + user("x")
        + f'<endEvent id="e1">{thrown}</endEvent>'
        + chain("s1", "x", "e1")
    )
    return bpmn(
        START, part("subProcess", "s", inner), border, user("fix"), user("z"), END, chain("start", "s", "z", "end"),
        chain("b", "fix", "end"), outside=f'<{kind} id="er" {kind}Code="no"/><{kind} id="other" {kind}Code="x"/>' + more,
    )  # fmt: skip


@pytest.mark.parametrize("kind", ["error", "escalation"])
def test_a_border_that_names_no_error_catches_whatever_comes(kind: str) -> None:
    border = part("boundaryEvent", "b", f"<{kind}EventDefinition/>", attachedToRef="s")
    content = left(kind, border)
    assert check(content).findings == []
    assert Runner(content).done("x").at == ["fix"]


def test_an_error_that_nothing_catches_is_said() -> None:
    border = part("boundaryEvent", "b", '<errorEventDefinition errorRef="other"/>', attachedToRef="s")
    assert ("e1", "error_uncaught") in found(left("error", border))


def test_a_step_that_only_goes_on_under_conditions_is_said() -> None:
    assert ("A", "no_default") in found(
        bpmn(START, user("a"), END, chain("start", "a"), flow("a", "end", "n > 1"))
    )


def test_the_end_that_ends_a_part_sends_nothing() -> None:
    inner = (
        '<startEvent id="s1"/><endEvent id="e1"><terminateEventDefinition/></endEvent>'
        + user("x")
        + chain("s1", "x", "e1")
    )
    run = Runner(bpmn(START, part("subProcess", "s", inner), user("z"), END, chain("start", "s", "z", "end")))
    assert run.done("x").at == ["z"]
    assert run.sent == []


def test_the_kind_of_an_event_is_a_word_in_both_languages() -> None:
    report = drawn(
        START,
        part("intermediateCatchEvent", "x", "<signalEventDefinition/>"),
        END,
        chain("start", "x", "end"),
    )
    [fault] = [each for each in report.errors if each.code == "event_kind"]
    with translation.override("zh-hans"):
        assert "信号" in fault.text
    with translation.override("en"):
        assert "signal" in fault.text
