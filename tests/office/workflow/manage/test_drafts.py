"""The draft: form, list of steps, drawing; two people at once."""

import pytest

from asp.audit.models import Entry
from office.workflow import services
from office.workflow.bpmn.steps import NotAList, StepsFault
from office.workflow.errors import DraftChanged
from office.workflow.managing.errors import DraftUnreadable
from office.workflow.models import Process
from tests.office.workflow.manage.world import AGREE, DISAGREE, field, form, listed, step
from tests.support.bpmn import END, START, bpmn, chain, part, user


def test_a_list_of_steps_is_read_back(office):
    process = office.process(step("a", "head:starter", outcomes=[AGREE, DISAGREE]), step("b", "former:a"))
    steps = services.draft_steps(process)
    assert [each.id for each in steps.items] == ["a", "b"]
    assert steps.items[0].gotos == {"disagree": "end"}


def test_an_empty_list_is_no_drawing(office):
    process = office.process(step("a"))
    process = services.draft_steps_save(actor=office.actor, process=process, steps=listed())
    assert process.draft_bpmn == ""
    assert services.draft_steps(process) is None


def test_a_list_that_is_not_understood_changes_nothing(office):
    process = office.process(step("a"))
    with pytest.raises(StepsFault):
        services.draft_steps_save(
            actor=office.actor, process=process, steps=listed(step("a", outcomes=[{"value": "x y"}]))
        )
    assert Process.objects.get(pk=process.pk).draft_bpmn == process.draft_bpmn


def test_a_drawing_of_another_tool_gets_a_diagram(office):
    process = office.process()
    content = bpmn(START, user("a"), END, chain("start", "a", "end"))
    assert b"BPMNShape" not in content
    process = services.draft_bpmn_save(actor=office.actor, process=process, content=content)
    assert "BPMNShape" in process.draft_bpmn
    assert services.draft_report(process).ok


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"not xml at all", "well-formed"),
        (b"<html/>", "BPMN"),
        (b"<!DOCTYPE a [<!ENTITY b 'c'>]><definitions/>", "document type"),
        (bpmn(START, *(user(f"s{number}") for number in range(5000)), END), "5002"),
    ],
)
def test_what_is_no_drawing_is_refused_in_words(office, content, said):
    process = office.process(step("a"))
    with pytest.raises(DraftUnreadable) as caught:
        services.draft_bpmn_save(actor=office.actor, process=process, content=content)
    assert said in caught.value.text
    assert Process.objects.get(pk=process.pk).draft_revision == process.draft_revision


def test_a_script_is_kept_as_a_draft_and_named_by_the_gate(office):
    process = office.process()
    content = bpmn(START, part("scriptTask", "s", "<script>1</script>"), END, chain("start", "s", "end"))
    process = services.draft_bpmn_save(actor=office.actor, process=process, content=content)
    report = services.draft_report(process)
    assert not report.ok
    assert ("s", "script") in {(each.element, each.code) for each in report.errors}


def test_a_drawing_that_is_no_list_says_so(office):
    process = office.process()
    content = bpmn(START, user("a"), part("serviceTask", "s"), END, chain("start", "a", "s", "end"))
    process = services.draft_bpmn_save(actor=office.actor, process=process, content=content)
    with pytest.raises(NotAList):
        services.draft_steps(process)


def test_who_saves_an_older_draft_is_told_whose_is_newer(office):
    process = office.process(step("a"))
    seen = process.draft_revision
    services.draft_steps_save(
        actor=office.other, process=process, steps=listed(step("a"), step("b")), revision=seen
    )
    for save in (
        lambda: services.draft_steps_save(
            actor=office.actor, process=process, steps=listed(step("c")), revision=seen
        ),
        lambda: services.draft_form_save(actor=office.actor, process=process, form=form(), revision=seen),
        lambda: services.draft_bpmn_save(
            actor=office.actor,
            process=process,
            content=bpmn(START, user("a"), END, chain("start", "a", "end")),
            revision=seen,
        ),
        lambda: services.version_publish(actor=office.actor, process=process, revision=seen),
    ):
        with pytest.raises(DraftChanged) as caught:
            save()
        assert office.cast.clerk.name in caught.value.text
    assert [each.id for each in services.draft_steps(Process.objects.get(pk=process.pk)).items] == ["a", "b"]


def test_work_in_a_row_is_one_entry_of_the_log(office):
    process = office.process()
    for number in range(3):
        process = services.draft_steps_save(
            actor=office.other, process=process, steps=listed(step(f"s{number}"))
        )
    entries = Entry.objects.filter(target_id=process.pk, action="workflow.draft_changed")
    assert [each.actor_name for each in entries] == [office.cast.clerk.name]
    services.draft_form_save(actor=office.actor, process=process, form=form(field("x")))
    assert entries.all().count() == 2


def test_the_gate_knows_the_fields_of_the_form(office):
    fields = (
        field("boss", "person"),
        field("team", "person", many=True),
        field("leave", "period", days="calendar"),
        field("reason"),
    )
    good = office.process(
        step("a", "field:boss"), step("b", "field:team", skip="leave_days <= 3"), fields=fields
    )
    assert services.draft_report(good).ok, [each.text for each in services.draft_report(good).errors]
    bad = office.process(
        step("a", "field:reason"),
        step("b", skip="nothing_like_it > 1"),
        step("c", fields={"gone": "edit"}),
        fields=fields,
    )
    found = {(each.element, each.code) for each in services.draft_report(bad).errors}
    assert {("a", "field_person"), ("c", "field_unknown")} <= found
    assert "expression_name" in {code for _element, code in found}


def test_the_gate_knows_roles_and_people_of_the_bureau(office):
    from asp.accounts.services import role_create
    from tenants.keys import uuid7

    role = role_create(actor=office.actor, name=f"角色{uuid7().hex[-6:]}", codes=[])
    good = office.process(
        step("a", f"role:{role.pk}"),
        step("b", f"account:{office.cast.clerk.pk}", f"post:{office.cast.post.pk}"),
        step("c", f"department:{office.cast.section.pk}", "role:staff"),
    )
    assert services.draft_report(good).ok, [each.text for each in services.draft_report(good).errors]
    bad = office.process(
        step("a", f"role:{uuid7()}"),
        step("b", f"account:{uuid7()}"),
        step("c", f"post:{uuid7()}", f"department:{uuid7()}"),
    )
    found = {(each.element, each.code) for each in services.draft_report(bad).errors}
    assert found == {("a", "role_unknown"), ("b", "performer_gone"), ("c", "performer_gone")}
    assert services.draft_report(bad).definition is None
