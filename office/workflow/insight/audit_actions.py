"""Sentences of what leaves the system from the pages of the insight."""

from django.utils.translation import gettext_lazy as _

from asp.audit.actions import register

register(
    "workflow.figures_exported",
    _("Exported the figures of “{target}” from {first} to {last}, with the names of people"),
)
register("workflow.instances_exported", _("Exported a list of {count} instances"))
register(
    "workflow.simulated",
    _("Let the draft of “{target}” be simulated with the instances from {first} to {last}"),
)
