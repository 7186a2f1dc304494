"""Publishing: a version of the draft, or everything that keeps it from being one."""

import pytest

from asp.audit.models import Entry
from office.workflow import services
from office.workflow.bpmn import spec
from office.workflow.errors import NotPublishable
from office.workflow.managing.errors import NothingToPublish
from office.workflow.models import Process, ProcessVersion
from office.workflow.selectors import manage as selectors
from tests.office.workflow.manage.world import AGREE, DISAGREE, field, form, listed, step
from tests.support.bpmn import END, START, bpmn, chain, part, user


def test_the_first_version_can_be_started(office):
    process = office.process(step("a", outcomes=[AGREE, DISAGREE]), fields=(field("reason", required=True),))
    version = services.version_publish(actor=office.actor, process=process, note="第一版")
    process.refresh_from_db()
    assert process.startable
    assert process.current == version
    assert (version.number, version.note, version.published_by_name) == (1, "第一版", office.cast.head.name)
    assert version.engine.startswith("SpiffWorkflow 3.")
    assert [each.id for each in spec.definition_of(version.spec).steps] == ["a"]
    instance = services.start(
        actor=office.other, process=process.code, starter=office.cast.clerk, values={"reason": "事由"}
    )
    assert instance.version == version
    entry = Entry.objects.get(target_id=process.pk, action="workflow.version_published")
    assert entry.params["number"] == 1


def test_numbers_go_on_and_versions_stay(office):
    process = office.published()
    first = process.current
    services.draft_steps_save(actor=office.actor, process=process, steps=listed(step("a"), step("b")))
    second = services.version_publish(actor=office.actor, process=process)
    assert (first.number, second.number) == (1, 2)
    assert ProcessVersion.objects.get(pk=first.pk).bpmn == first.bpmn


def test_what_is_published_already_is_not_published_again(office):
    process = office.published()
    with pytest.raises(NothingToPublish):
        services.version_publish(actor=office.actor, process=process)
    assert process.versions.count() == 1


def test_faults_are_counted_and_kept_with_the_refusal(office):
    process = office.process(step("a", "field:gone"), step("b", "role:nobody"))
    with pytest.raises(NotPublishable) as caught:
        services.version_publish(actor=office.actor, process=process)
    assert "2" in caught.value.text
    assert {each.element for each in caught.value.report.errors} == {"a", "b"}
    process.refresh_from_db()
    assert process.current_id is None


def test_nothing_drawn_is_a_fault(office):
    with pytest.raises(NotPublishable):
        services.version_publish(actor=office.actor, process=office.process())


def test_a_form_with_faults_is_refused_one_without_fields_is_not(office):
    process = office.process(step("a"))
    broken = form(field("x", "choice"), field("x"))
    process = services.draft_form_save(actor=office.actor, process=process, form=broken)
    report = services.draft_report(process)
    assert not report.ok
    assert report.faults
    with pytest.raises(NotPublishable):
        services.version_publish(actor=office.actor, process=process)
    process = services.draft_form_save(actor=office.actor, process=process, form=form())
    assert services.version_publish(actor=office.actor, process=process).number == 1


def test_a_called_process_must_be_published_and_is_kept_with_the_version(office):
    inner = office.process(step("x"))
    outer = office.process()
    content = bpmn(
        START, user("a"), part("callActivity", "c", calledElement=inner.code), END,
        chain("start", "a", "c", "end"),
    )  # fmt: skip
    outer = services.draft_bpmn_save(actor=office.actor, process=outer, content=content)
    found = {(each.element, each.code) for each in services.draft_report(outer).errors}
    assert ("c", "process_unknown") in found
    services.version_publish(actor=office.actor, process=inner)
    version = services.version_publish(actor=office.actor, process=outer)
    assert [each.id for each in spec.definition_of(version.spec, inner.code).steps] == ["x"]


def test_processes_that_call_each_other_are_refused(office):
    first, second = office.published(), office.process()
    calling = bpmn(
        START, part("callActivity", "c", calledElement=first.code), END, chain("start", "c", "end")
    )
    services.draft_bpmn_save(actor=office.actor, process=second, content=calling)
    services.version_publish(actor=office.actor, process=second)
    back = bpmn(START, part("callActivity", "c", calledElement=second.code), END, chain("start", "c", "end"))
    first = services.draft_bpmn_save(actor=office.actor, process=first, content=back)
    assert "process_recursion" in {each.code for each in services.draft_report(first).errors}


def test_an_old_version_is_put_back_into_the_draft(office):
    process = office.published(step("a"), fields=(field("old"),))
    first = process.current
    services.draft_form_save(actor=office.actor, process=process, form=form(field("new")))
    services.draft_steps_save(actor=office.actor, process=process, steps=listed(step("z")))
    services.version_publish(actor=office.actor, process=process)
    process = services.draft_restore(actor=office.actor, version=first)
    assert (process.draft_bpmn, process.draft_form) == (first.bpmn, first.form)
    assert process.current.number == 2
    third = services.version_publish(actor=office.actor, process=process)
    assert third.number == 3


def test_two_versions_are_compared_in_words(office):
    process = office.published(step("a", "starter"), fields=(field("old"), field("stays")))
    first = process.current
    services.draft_form_save(actor=office.actor, process=process, form=form(field("stays"), field("new")))
    services.draft_steps_save(
        actor=office.actor,
        process=process,
        steps=listed(step("a", f"account:{office.cast.clerk.pk}"), step("b")),
    )
    process = Process.objects.get(pk=process.pk)
    for after in (process, services.version_publish(actor=office.actor, process=process)):
        found = selectors.differences(first, after)
        said = " ".join(each.text for each in found.flow)
        assert office.cast.clerk.name in said
        assert [each.name for each in found.form.added] == ["new"]
        assert [each.name for each in found.form.removed] == ["old"]
