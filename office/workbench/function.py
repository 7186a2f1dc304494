"""What the workbench offers to the office."""

from django.utils.translation import gettext_lazy as _

from tenants.registry import Function, NavItem

function = Function(
    code="workbench",
    title=_("Workbench"),
    urls="office.workbench.urls",
    path="",
    navigation=(NavItem("workbench", _("Workbench"), "layout-dashboard", "workbench:home", order=1),),
    order=90,
)
