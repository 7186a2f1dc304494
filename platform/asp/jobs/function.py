"""What background work offers to office and host console."""

from django.utils.translation import gettext_lazy as _

from tenants.registry import Function, NavItem, SchemaCost

function = Function(
    code="jobs",
    title=_("Background tasks"),
    urls={"bureau": "asp.jobs.urls", "host": "asp.jobs.urls_host"},
    path="jobs/",
    sites=("bureau", "host"),
    navigation=(NavItem("jobs", _("Tasks"), "list-check", "jobs:list", duties=("system",), order=80),),
    jobs=("asp.jobs.tasks",),
    restored="asp.jobs.restoring.restored",
    cost=SchemaCost(tables=1, indexes=2),
    order=20,
)
