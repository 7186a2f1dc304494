"""What the security administrator is told about offers."""

from django.utils.translation import gettext_lazy as _

from asp.notify.kinds import register

register(
    "offers.role_offered",
    title=_("Roles offered by the host"),
    text=_("The host offers the role {name}, version {version}"),
    icon="shield",
    mail="now",
    sites=("bureau",),
)
