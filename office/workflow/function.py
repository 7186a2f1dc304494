"""What processes and the to-do list offer to an office."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from office.workflow import permissions
from tenants.registry import Function, NavItem, Permission, Privilege, SchemaCost

function = Function(
    code="workflow",
    title=pgettext_lazy("workflow", "Processes"),
    urls="office.workflow.urls",
    path="workflow/",
    navigation=(
        NavItem("workflow", _("To-do"), "checkbox", "workflow:todo", permission=permissions.USE, order=5),
        NavItem(
            "workflow.processes",
            pgettext_lazy("workflow", "Processes"),
            "sitemap",
            "workflow:process-list",
            permission=permissions.DESIGN,
            order=56,
        ),
        NavItem(
            "workflow.insight",
            _("Insight"),
            "chart-bar",
            "workflow:insight",
            permission=permissions.OVERSEE,
            order=57,
        ),
    ),
    permissions=(
        Permission(permissions.USE, _("Start processes and handle to-do items"), roles=("staff",)),
        Permission(permissions.DESIGN, _("Draw, publish and stop processes")),
        Permission(permissions.OVERSEE, _("See every process in progress and intervene")),
    ),
    jobs=(
        "office.workflow.calls",
        "office.workflow.tasks",
        "office.workflow.tasks_files",
        "office.workflow.tasks_insight",
    ),
    # What happened to an instance is only added to.
    privileges=(Privilege("workflow_event", ("SELECT", "INSERT")),),
    deadlines="office.workflow.services.clock.recompute",
    cost=SchemaCost(tables=9, indexes=32),
    order=55,
)
