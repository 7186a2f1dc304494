"""Publishing (发布): from the draft of a process to a version that instances run on."""

from functools import cache
from importlib.metadata import version as installed

from django.db import transaction

from asp.audit.actor import Actor
from asp.audit.services import record
from asp.forms import blank
from office.workflow.bpmn import spec
from office.workflow.errors import DraftChanged, NotPublishable
from office.workflow.managing.errors import NothingToPublish
from office.workflow.managing.facts import DraftReport, report_of
from office.workflow.models import Process, ProcessVersion
from office.workflow.services.processes import process_locked


@transaction.atomic
def version_publish(
    *, actor: Actor, process: Process, note: str = "", revision: int | None = None
) -> ProcessVersion:
    """Make a version of the draft; what begins from now on runs on it.

    A process may do without a form; a form with faults is refused like a drawing with faults. Raises DraftChanged,
    NotPublishable (its `report` has the findings), NothingToPublish if the draft is what is published already.
    """
    process = process_locked(process)
    if revision is not None and process.draft_revision != revision:
        raise DraftChanged(params={"name": process.draft_by_name or "–"})
    form = process.draft_form if process.draft_form is not None else blank(process.name, process.name_en)
    current = process.current
    if current is not None and (current.bpmn, current.form) == (process.draft_bpmn, form):
        raise NothingToPublish(params={"number": current.number})
    report = report_of(process)
    if not report.ok or report.definition is None:
        raise refused(report)
    known = {code: each for code, each in report.callable.items() if each is not None}
    made = ProcessVersion.objects.create(
        process=process,
        number=current.number + 1 if current is not None else 1,
        name=process.name,
        name_en=process.name_en,
        bpmn=process.draft_bpmn,
        spec=spec.compile_definition(report.definition, processes=known),
        form=form,
        note=note,
        engine=engine(),
        published_by=actor.id,
        published_by_name=actor.name,
    )
    process.current, process.draft_form = made, form
    process.save(update_fields=["current", "draft_form"])
    record(
        actor=actor,
        action="workflow.version_published",
        target_kind="workflow.process",
        target_id=process.pk,
        target_name=process.name,
        params={"number": made.number, "note": note, "digest": made.digest},
    )
    return made


def refused(report: DraftReport) -> NotPublishable:
    """The refusal, with what was found."""
    error = NotPublishable(params={"count": report.count})
    error.report = report  # type: ignore[attr-defined]
    return error


@cache
def engine() -> str:
    """What specifications are made with now."""
    return f"SpiffWorkflow {installed('SpiffWorkflow')}"
