"""The sentences of the self-test's acts."""

from django.utils.translation import gettext_lazy as _

from asp.audit.actions import register

register("assurance.started", _("Started the isolation self-test"))
register(
    "assurance.held", _("Isolation self-test: {held} attempts were refused, {not_tried} could not be made")
)
register(
    "assurance.broken",
    _(
        "Isolation self-test: {broken} attempts went through, {held} were refused, {not_tried} could not be made"
    ),
)
