"""What official documents offer to an office. So far: the register of document numbers."""

from django.utils.translation import gettext_lazy as _

from office.documents import permissions
from tenants.registry import Function, NavItem, Permission, Privilege, SchemaCost

function = Function(
    code="documents",
    title=_("Official documents"),
    urls="office.documents.urls",
    path="documents/",
    navigation=(
        NavItem(
            "documents.numbers",
            _("Document numbers"),
            "hash",
            "documents:number-list",
            permission=permissions.REGISTER,
            order=30,
        ),
    ),
    permissions=(
        Permission(permissions.REGISTER, _("Number documents, reserve and void numbers")),
        Permission(permissions.MANAGE, _("Set up agency codes, close registers, release void numbers")),
    ),
    jobs=("office.documents.tasks",),
    # What happened to a number is only added to; a number itself is never taken out.
    privileges=(
        Privilege("documents_number", ("SELECT", "INSERT", "UPDATE")),
        Privilege("documents_numberact", ("SELECT", "INSERT")),
    ),
    cost=SchemaCost(tables=4, indexes=9),
    order=50,
)
