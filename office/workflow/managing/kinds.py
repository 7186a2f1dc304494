"""The kind of a process (固定流程、开放流程): what an open flow is drawn as, and how long the kind can be changed."""

from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from office.workflow.bpmn.findings import Findings
from office.workflow.bpmn.reading import read
from office.workflow.bpmn.steps import NotAList, StepList, steps_from_json, steps_of, write_steps
from office.workflow.models import Process, ProcessKind

KINDS: Final = (
    (ProcessKind.FIXED, _("The process: steps are laid down")),
    (ProcessKind.OPEN, _("Whoever has it in hand: an open flow")),
)
# Whoever has it in hand says who is next, until somebody ends it.
OPEN_FLOW: Final[dict[str, Any]] = {
    "id": "handle",
    "name": "办理",
    "name_en": "Handling",
    "performers": [{"kind": "chosen"}],
    "outcomes": [
        {"value": "next", "label": "送下一人", "label_en": "Pass on", "goto": "step:handle"},
        {"value": "end", "label": "办结", "label_en": "Finish", "goto": "end"},
    ],
}


def kind_kept(process: Process) -> str | Promise:
    """Why a process stays of the kind that it is; "" while it can be of the other kind."""
    if process.current_id is not None:
        return _(
            "A version is published, and what is in progress goes by it: this stays as it is. Make a new process for the other way."
        )
    if process.kind == ProcessKind.FIXED and process.draft_bpmn and not _is_open_flow(process.draft_bpmn):
        return _(
            "Steps are drawn already, and an open flow has none of them. Take them out first; then it can become an open flow."
        )
    return ""


def open_flow(process: Process) -> str:
    """The drawing of an open flow with the names of this process."""
    return write_steps(_listed(process)).decode()


def _listed(process: Process) -> StepList:
    return steps_from_json(
        {"id": process.code, "name": process.name, "name_en": process.name_en, "steps": [OPEN_FLOW]}
    )


def _is_open_flow(drawing: str) -> bool:
    drawn = read(drawing.encode(), Findings())
    try:
        return drawn is not None and steps_of(drawn).items == _listed(Process(code="p", name="p")).items
    except NotAList:
        return False
