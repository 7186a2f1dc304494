"""What this app offers to the sites."""

from django.utils.translation import gettext_lazy as _

from tenants.registry import Function, SchemaCost

function = Function(
    code="idempotency",
    title=_("Repeated requests"),
    sites=("bureau", "host", "hall"),
    jobs=("asp.idempotency.tasks",),
    cost=SchemaCost(tables=1, indexes=3),
    order=20,
)
