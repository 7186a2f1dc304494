"""What this app offers to the sites."""

from django.utils.translation import gettext_lazy as _

from tenants.registry import Function

function = Function(
    code="idempotency", title=_("Repeated requests"), sites=("bureau", "host", "hall"), order=20
)
