"""What the host's administrators are told."""

from django.utils.translation import gettext_lazy as _

from asp.notify.kinds import register

register(
    "provisioning.application_submitted",
    title=_("Applications for an office"),
    text=_("{name} applies for an office"),
    icon="inbox",
    mail="now",
    sites=("host",),
)
register(
    "provisioning.application_resubmitted",
    title=_("Corrected applications"),
    text=_("{name} has corrected its application"),
    icon="inbox",
    mail="now",
    sites=("host",),
)
