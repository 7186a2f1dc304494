"""Messages have no pages of their own; they bring their table and the job that sends them."""

from django.utils.translation import gettext_lazy as _

from tenants.registry import Function, SchemaCost

function = Function(
    code="messages",
    title=_("Messages"),
    sites=("bureau", "host"),
    jobs=("asp.messages.tasks",),
    restored="asp.messages.restoring.restored",
    cost=SchemaCost(tables=1, indexes=2),
    order=20,
)
