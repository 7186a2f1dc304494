"""Making processes: what they are called, who may start them, stopping and resuming."""

import pytest

from asp.accounts.subjects import Subject
from asp.audit.models import Entry
from office.workflow import services
from office.workflow.errors import CodeTaken
from office.workflow.managing.errors import AlreadyStopped, KindKept
from office.workflow.models import Process, ProcessKind
from office.workflow.services.processes import code_free
from tests.office.workflow.manage.world import step


def test_it_is_made_with_an_empty_draft_and_an_entry(office):
    process = services.process_create(actor=office.actor, name="印章外借", name_en="Seal lending")
    assert process.code == "seal_lending"
    assert (process.draft_bpmn, process.draft_revision, process.current_id) == ("", 1, None)
    assert not process.startable
    entry = Entry.objects.get(target_id=process.pk)
    assert entry.action == "workflow.process_created"
    assert entry.params["code"] == "seal_lending"


def test_codes_are_made_of_names_and_never_twice(office):
    assert code_free("Business trip") == "business_trip"
    assert code_free("出差") == "chuchai"
    assert code_free("！！") == "process"
    services.process_create(actor=office.actor, name="甲", code="twice")
    assert code_free("twice") == "twice_2"
    with pytest.raises(CodeTaken):
        services.process_create(actor=office.actor, name="乙", code="twice")
    assert Process.objects.filter(code="twice").count() == 1


def test_an_open_flow_has_its_step_and_can_be_published_at_once(office):
    process = services.process_create(actor=office.actor, name="自由", kind=ProcessKind.OPEN)
    version = services.version_publish(actor=office.actor, process=process)
    assert version.number == 1
    steps = services.draft_steps(process)
    assert [each.id for each in steps.items] == ["handle"]
    assert steps.items[0].gotos == {"next": "step:handle", "end": "end"}


def test_its_kind_can_be_changed_before_anything_goes_by_it(office):
    process = services.process_create(actor=office.actor, name="改一改")
    process = services.process_update(actor=office.actor, process=process, name="改一改", kind="open")
    assert (process.kind, process.draft_revision) == (ProcessKind.OPEN, 2)
    assert [each.id for each in services.draft_steps(process).items] == ["handle"]
    # Back again: the step stays as one to work on, and so the way is free once more.
    process = services.process_update(actor=office.actor, process=process, name="改一改", kind="fixed")
    assert process.kind == ProcessKind.FIXED
    process = services.process_update(actor=office.actor, process=process, name="改名", kind="open")
    assert services.version_publish(actor=office.actor, process=process).number == 1
    entries = Entry.objects.filter(target_id=process.pk, action="workflow.process_updated").order_by("id")
    assert [each.params["changed"] for each in entries] == [["kind"], ["kind"], ["name", "kind"]]


def test_its_kind_stays_once_steps_are_drawn_or_published(office):
    drawn = office.process(step("a"))
    with pytest.raises(KindKept, match="drawn already"):
        services.process_update(actor=office.actor, process=drawn, name="新名", kind="open")
    drawn.refresh_from_db()
    assert (drawn.kind, drawn.name == "新名") == (ProcessKind.FIXED, False)
    published = services.process_create(actor=office.actor, name="开放", kind=ProcessKind.OPEN)
    services.version_publish(actor=office.actor, process=published)
    with pytest.raises(KindKept, match="is published"):
        services.process_update(actor=office.actor, process=published, name="开放", kind="fixed")
    # Everything else of it can still be changed.
    services.process_update(actor=office.actor, process=published, name="开放流程", kind="open")


def test_its_texts_and_audience_count_at_once(office):
    process = office.published()
    services.process_update(
        actor=office.actor,
        process=process,
        name="新名",
        category="人事",
        audience=[Subject.person(office.cast.clerk)],
    )
    process.refresh_from_db()
    assert (process.name, process.category) == ("新名", "人事")
    assert process.audience == [f"person:{office.cast.clerk.pk}"]
    assert process.current.name != "新名"
    entry = Entry.objects.get(target_id=process.pk, action="workflow.process_updated")
    assert set(entry.params["changed"]) == {"name", "category", "audience"}


def test_nothing_changed_leaves_no_entry(office):
    process = office.process()
    services.process_update(actor=office.actor, process=process, name=process.name)
    assert not Entry.objects.filter(target_id=process.pk, action="workflow.process_updated").exists()


def test_stopped_it_cannot_be_started_until_it_is_resumed(office):
    process = office.published()
    services.process_stop(actor=office.actor, process=process)
    process.refresh_from_db()
    assert not process.startable
    with pytest.raises(AlreadyStopped):
        services.process_stop(actor=office.actor, process=process)
    services.process_resume(actor=office.actor, process=process)
    process.refresh_from_db()
    assert process.startable
    with pytest.raises(AlreadyStopped):
        services.process_resume(actor=office.actor, process=process)
