"""What the organization offers to the office."""

from django.utils.translation import gettext_lazy as _

from tenants.registry import Function, NavItem, SchemaCost

function = Function(
    code="organization",
    title=_("Organization and staff"),
    urls="office.organization.urls",
    path="organization/",
    navigation=(
        NavItem(
            "organization.people",
            _("Staff"),
            "users",
            "organization:member-list",
            duties=("system",),
            order=30,
        ),
        NavItem(
            "organization.departments",
            _("Departments"),
            "building-community",
            "organization:department-list",
            duties=("system",),
            order=31,
        ),
        NavItem(
            "organization.posts",
            _("Posts"),
            "id-badge-2",
            "organization:post-list",
            duties=("system",),
            order=32,
        ),
    ),
    seed="office.organization.seed.seed",
    jobs=("office.organization.tasks",),
    cost=SchemaCost(tables=5, indexes=11),
    order=30,
)
