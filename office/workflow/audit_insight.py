"""Sentences of the audit log for the insight: what leaves the system, and what is simulated."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from asp.audit.actions import register

ACTIONS: dict[str, str | Promise] = {
    "workflow.figures_exported": _(
        "Exported the figures of “{target}” from {first} to {last}, with the names of people"
    ),
    "workflow.instances_exported": _("Exported a list of {count} instances"),
    "workflow.simulated": _(
        "Let the draft of “{target}” be simulated with the instances from {first} to {last}"
    ),
}

for _code, _text in ACTIONS.items():
    register(_code, _text)
