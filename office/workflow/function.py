"""What processes and the to-do list offer to an office."""

from django.utils.translation import gettext_lazy as _

from office.workflow import permissions
from tenants.registry import Function, Permission, SchemaCost

function = Function(
    code="workflow",
    title=_("Processes"),
    permissions=(
        Permission(permissions.USE, _("Start processes and handle to-do items"), roles=("staff",)),
        Permission(permissions.DESIGN, _("Draw, publish and stop processes")),
        Permission(permissions.OVERSEE, _("See every process in progress and intervene")),
    ),
    jobs=("office.workflow.tasks",),
    deadlines="office.workflow.services.clock.recompute",
    cost=SchemaCost(tables=9, indexes=30),
    order=55,
)
