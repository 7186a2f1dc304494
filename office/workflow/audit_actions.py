"""Sentences of the audit log for processes: who drew, began, decided and intervened. Never what a form says."""

from typing import Final

from django.utils.dateparse import parse_datetime
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from asp.audit.actions import Word, register
from asp.ui.moments import moment_text

ACTIONS: Final[dict[str, str | Promise]] = {
    # Acts on instances
    "workflow.started": _("Started “{target}”"),
    "workflow.done": _("Did “{step}” of “{target}”"),
    "workflow.returned": _("Sent “{target}” back from “{step}” to {to}"),
    "workflow.withdrawn": _("Withdrew “{target}”"),
    "workflow.handed": _("Handed “{step}” of “{target}” over to {to}"),
    "workflow.added": _("Asked {to} to countersign “{step}” of “{target}”"),
    "workflow.suspended": _("Suspended “{target}”"),
    "workflow.resumed": _("Resumed “{target}”"),
    "workflow.cancelled": _("Cancelled “{target}”"),
    "workflow.rejected": _("Rejected “{target}” at “{step}”"),
    "workflow.reassigned": _("Gave “{step}” of “{target}” to {to}"),
    "workflow.moved": _("Moved “{target}” from version {old} to version {new}"),
    "workflow.retried": _("Let the service of “{step}” of “{target}” try again"),
    "workflow.file_read": _("Read the attachment “{target}” of “{place}”"),
    # Absences
    "workflow.absence_set": _("Set {deputy} to stand in for {target} from {begins} to {ends}"),
    "workflow.absence_ended": _("Ended the absence of {target}, for whom {deputy} stood in"),
    # Processes
    "workflow.process_created": _("Created the process “{target}” ({code})"),
    "workflow.process_updated": _("Changed the process “{target}”: {changed}"),
    "workflow.process_stopped": _("Stopped the process “{target}”"),
    "workflow.process_resumed": _("Let the process “{target}” be started again"),
    "workflow.draft_changed": _("Changed the draft of “{target}”: {what}"),
    "workflow.draft_uploaded": _("Uploaded a drawing for “{target}”"),
    "workflow.draft_restored": _("Made version {number} of “{target}” its draft"),
    "workflow.version_published": _("Published version {number} of “{target}”"),
    "workflow.template_adopted": _("Took over the central template “{target}”, version {version}"),
    "workflow.template_merged": _("Merged version {version} of the central template into “{target}”"),
}

# What parameters that are codes are called.
WHAT: Final[dict[str, str | Promise]] = {
    "form": _("form"),
    "steps": _("list of steps"),
    "bpmn": _("drawing"),
    "name": _("name"),
    "name_en": _("English name"),
    "description": _("description"),
    "description_en": _("English description"),
    "category": _("category"),
    "audience": _("who may start it"),
    "sort": _("order"),
    "kind": _("who says what comes next"),
}


def _what(code: str) -> str | Promise:
    return WHAT.get(code, code)


def _moment(text: str) -> str:
    found = parse_datetime(text)
    return moment_text(found) if found is not None else text


WORDS: Final[dict[str, dict[str, Word]]] = {
    "workflow.absence_set": {"begins": _moment, "ends": _moment},
    "workflow.process_updated": {"changed": _what},
    "workflow.draft_changed": {"what": _what},
}


def register_all() -> None:
    """Called when Django is ready."""
    for code, sentence in ACTIONS.items():
        register(code, sentence, words=WORDS.get(code))
