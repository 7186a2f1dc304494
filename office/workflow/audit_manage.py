"""Sentences of the audit log for making processes; registered with those of `audit_actions`."""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from office.workflow.central.merging import TEXTS

ACTIONS: dict[str, str | Promise] = {
    "workflow.process_created": _("Made the process “{target}” ({code})"),
    "workflow.process_updated": _("Changed the process “{target}”: {changed}"),
    "workflow.process_stopped": _("Stopped the process “{target}”: nobody can begin it"),
    "workflow.process_resumed": _("Let people begin the process “{target}” again"),
    "workflow.draft_changed": _("Worked on the draft of “{target}”: {what}"),
    "workflow.draft_restored": _("Put version {number} of “{target}” back into the draft"),
    "workflow.version_published": _("Published version {number} of “{target}”"),
    "workflow.template_adopted": _("Adopted the central template “{target}”, version {version}"),
    "workflow.template_merged": _(
        "Looked at version {version} of the central template of “{target}”: took over {taken}; kept {kept}"
    ),
}
_WHAT = {
    "form": pgettext_lazy("draft", "the form"),
    "steps": pgettext_lazy("draft", "the steps"),
    "bpmn": pgettext_lazy("draft", "the drawing"),
}
_CHANGED: dict[str, str | Promise] = {
    **TEXTS,
    "audience": _("who may start it"),
    "sort": _("its place in the list"),
}


def _part(key: str) -> str | Promise:
    group, _colon, name = key.partition(":")
    if group == "text":
        return TEXTS.get(name, name)
    return name or key.rstrip(":")


WORDS: dict[str, dict[str, Any]] = {
    "workflow.process_updated": {"changed": lambda key: _CHANGED.get(key, key)},
    "workflow.draft_changed": {"what": lambda key: _WHAT.get(key, key)},
    "workflow.template_merged": {"taken": _part, "kept": _part},
}
