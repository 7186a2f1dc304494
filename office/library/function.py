"""What the file centre offers to an office."""

from django.utils.translation import gettext_lazy as _

from office.library import permissions
from tenants.registry import Function, NavItem, Permission, SchemaCost

function = Function(
    code="library",
    title=_("File centre"),
    urls="office.library.urls",
    path="library/",
    sites=("bureau",),
    optional=True,
    navigation=(
        NavItem(
            code="library",
            label=_("File centre"),
            icon="folder",
            url_name="library:home",
            permission=permissions.USE,
            order=50,
        ),
    ),
    permissions=(
        Permission(permissions.USE, _("Use the file centre"), roles=("staff",)),
        Permission(permissions.MANAGE_UNIT, _("Manage the unit library")),
        Permission(permissions.MANAGE_DEPARTMENT, _("Manage the cabinets of one's own departments")),
    ),
    seed="office.library.services.cabinets.seed",
    search_kinds=("library.folder", "library.file"),
    jobs=("office.library.tasks",),
    cost=SchemaCost(tables=5, indexes=16),
    order=60,
)
