"""What the notices offer to an office."""

from django.utils.translation import gettext_lazy as _

from tenants.registry import Function, NavItem, SchemaCost

function = Function(
    code="notices",
    title=_("Notices"),
    urls="office.notices.urls",
    path="notices/",
    navigation=(NavItem("notices", _("Notices"), "speakerphone", "notices:list", order=60),),
    consumers=("office.notices.consumers",),
    # Copies of what the host has announced: they are not the bureau's own, and are not sent again.
    restore_keeps=("notices_hostnotice",),
    cost=SchemaCost(tables=1, indexes=1),
    order=70,
)
