"""What administrators are told of self-tests."""

from django.utils.translation import gettext_lazy as _

from asp.notify.kinds import register

register(
    "assurance.broken",
    title=_("Findings of the isolation self-test"),
    text=_("The isolation self-test found the border between offices open in {broken} places"),
    icon="shield-x",
    mail="now",
    sites=("bureau",),
)
