"""What people are told about notices."""

from django.utils.translation import gettext_lazy as _

from asp.notify.kinds import register

register(
    "notices.host_announced",
    title=_("Announcements of the host"),
    text=_("The host announces: {title}"),
    icon="speakerphone",
    mail="now",
    sites=("bureau",),
)
