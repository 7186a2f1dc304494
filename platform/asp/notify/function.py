"""What this app offers to the sites."""

from django.utils.translation import gettext_lazy as _

from tenants.registry import Function, SchemaCost

function = Function(
    code="notify",
    title=_("Notifications"),
    urls={"bureau": "asp.notify.urls", "host": "asp.notify.urls"},
    path="notifications/",
    sites=("bureau", "host"),
    jobs=("asp.notify.tasks",),
    restored="asp.notify.restoring.restored",
    cost=SchemaCost(tables=2, indexes=7),
    order=30,
)
