"""What this app offers to the sites."""

from django.utils.translation import gettext_lazy as _

from tenants.registry import Function, NavItem

EVERY_DUTY = ("system", "security", "audit")

function = Function(
    code="operations",
    title=_("Operations"),
    urls="asp.operations.urls",
    path="operations/",
    sites=("host",),
    order=90,
    navigation=(
        NavItem("backups", _("Backups"), "database", "operations:backups", duties=("system",), order=75),
        NavItem("health", _("Health"), "stethoscope", "operations:health", duties=EVERY_DUTY, order=70),
    ),
)
