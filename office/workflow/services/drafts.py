"""The draft of a process: its form, its drawing or list of steps, and what keeps it from being published.

Each saving counts `draft_revision` up; whoever worked on an older one is told, and nothing of theirs is stored.
"""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from lxml import etree

from asp.audit.actor import Actor
from asp.audit.services import record
from office.workflow.bpmn import xml
from office.workflow.bpmn.findings import Finding, Findings
from office.workflow.bpmn.reading import read
from office.workflow.bpmn.steps import StepList, steps_from_json, steps_of, write_steps
from office.workflow.bpmn.writing import with_diagram
from office.workflow.errors import DraftChanged
from office.workflow.managing.errors import DraftUnreadable
from office.workflow.managing.facts import DraftReport, report_of
from office.workflow.models import Process, ProcessVersion
from office.workflow.services.processes import process_locked

# An editor saves at every step: one entry of the log for one person's work in a row.
SAME_WORK = timedelta(minutes=10)


@transaction.atomic
def draft_form_save(
    *, actor: Actor, process: Process, form: dict[str, Any], revision: int | None = None
) -> Process:
    """Store the form of the draft. It may have faults while it is worked on. Raises DraftChanged."""
    process = _locked(process, revision)
    process.draft_form = form
    return _saved(actor, process, "form")


@transaction.atomic
def draft_steps_save(
    *, actor: Actor, process: Process, steps: dict[str, Any], revision: int | None = None
) -> Process:
    """Store a list of steps (JSON) as the drawing; an empty list is no drawing.

    Raises DraftChanged, StepsFault.
    """
    process = _locked(process, revision)
    process.draft_bpmn = write_steps(steps_from_json(steps)).decode() if steps.get("steps") else ""
    return _saved(actor, process, "steps")


@transaction.atomic
def draft_bpmn_save(
    *, actor: Actor, process: Process, content: bytes, revision: int | None = None
) -> Process:
    """Store a drawing (the bytes of a file, of whatever tool). What keeps it from running, the gate says later.

    One without a diagram gets one. Raises DraftChanged, DraftUnreadable.
    """
    process = _locked(process, revision)
    process.draft_bpmn = drawing_text(content)
    return _saved(actor, process, "bpmn")


@transaction.atomic
def draft_restore(*, actor: Actor, version: ProcessVersion, revision: int | None = None) -> Process:
    """Put drawing and form of a published version into the draft. Raises DraftChanged."""
    process = _locked(version.process, revision)
    process.draft_bpmn, process.draft_form = version.bpmn, version.form
    _count(actor, process)
    _record(actor, "workflow.draft_restored", process, number=version.number)
    return process


def draft_report(process: Process) -> DraftReport:
    """What keeps the draft from being published, each fault on its element."""
    return report_of(process)


def draft_steps(process: Process) -> StepList | None:
    """The draft as a list of steps; None where nothing is drawn yet. Raises NotAList, DraftUnreadable."""
    if not process.draft_bpmn:
        return None
    findings = Findings()
    definition = read(process.draft_bpmn.encode(), findings)
    if definition is None:
        raise _unreadable(findings.all)
    return steps_of(definition)


def drawing_text(content: bytes) -> str:
    """A drawing as it is kept: UTF-8, with a diagram. Raises DraftUnreadable."""
    findings = Findings()
    if read(content, findings) is None:
        raise _unreadable(findings.all)
    return str(etree.tostring(xml.parse(with_diagram(content)), encoding="unicode"))


def _unreadable(found: list[Finding]) -> DraftUnreadable:
    reason = " ".join(f"{each.where}: {each.text}" if each.where else each.text for each in found[:3])
    return DraftUnreadable(params={"reason": reason})


def _locked(process: Process, revision: int | None) -> Process:
    process = process_locked(process)
    if revision is not None and process.draft_revision != revision:
        raise DraftChanged(params={"name": process.draft_by_name or "–"})
    return process


def _saved(actor: Actor, process: Process, what: str) -> Process:
    before, at = process.draft_by_name, process.draft_at
    _count(actor, process)
    if at is None or before != actor.name or process.draft_at - at > SAME_WORK:  # type: ignore[operator]
        _record(actor, "workflow.draft_changed", process, what=what)
    return process


def _count(actor: Actor, process: Process) -> None:
    process.draft_revision += 1
    process.draft_by_name, process.draft_at = actor.name, timezone.now()
    process.save(update_fields=["draft_bpmn", "draft_form", "draft_revision", "draft_by_name", "draft_at"])


def _record(actor: Actor, action: str, process: Process, **params: Any) -> None:
    record(
        actor=actor,
        action=action,
        target_kind="workflow.process",
        target_id=process.pk,
        target_name=process.name,
        params=params,
    )
