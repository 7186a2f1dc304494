"""What provisioning adds to hall and host."""

from django.utils.translation import gettext_lazy as _

from tenants.registry import Function, NavItem

function = Function(
    code="provisioning",
    title=_("Bureaus and applications"),
    urls={"hall": "provisioning.urls_hall", "host": "provisioning.urls_host"},
    sites=("hall", "host"),
    order=10,
    jobs=("provisioning.tasks",),
    consumers=("provisioning.figures", "provisioning.role_offers"),
    navigation=(
        NavItem("home", _("Home"), "home", "provisioning:home", order=10, sites=("hall",)),
        NavItem(
            "apply", _("Apply for an office"), "file-pencil", "provisioning:apply", order=20, sites=("hall",)
        ),
        NavItem(
            "track", _("Track my application"), "search", "provisioning:track", order=30, sites=("hall",)
        ),
        NavItem(
            "overview",
            _("Overview"),
            "layout-dashboard",
            "provisioning:overview",
            duties=("system", "security", "audit"),
            order=10,
            sites=("host",),
        ),
        NavItem(
            "applications",
            _("Applications"),
            "inbox",
            "provisioning:application-list",
            duties=("system",),
            order=20,
            sites=("host",),
        ),
        NavItem(
            "bureaus",
            _("Bureaus"),
            "building-community",
            "provisioning:bureau-list",
            duties=("system",),
            order=30,
            sites=("host",),
        ),
        NavItem(
            "announcements",
            _("Announcements"),
            "speakerphone",
            "provisioning:announcement-list",
            duties=("system",),
            order=40,
            sites=("host",),
        ),
        NavItem(
            "role_templates",
            _("Role templates"),
            "shield",
            "provisioning:role-template-list",
            duties=("security",),
            order=45,
            sites=("host",),
        ),
        NavItem(
            "versions",
            _("Upgrades"),
            "versions",
            "provisioning:versions",
            duties=("system",),
            order=65,
            sites=("host",),
        ),
    ),
)
