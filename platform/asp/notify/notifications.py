"""What is told about the work of parts that lie below this one."""

from django.utils.translation import gettext_lazy as _

from asp.notify.jobs import words
from asp.notify.kinds import register

register(
    "jobs.done", title=_("My tasks that have ended"), text=_("Done: {job}"), icon="circle-check", words=words
)
register(
    "jobs.failed",
    title=_("My tasks that have failed"),
    text=_("Failed: {job}"),
    icon="alert-circle",
    mail="now",
    words=words,
)
