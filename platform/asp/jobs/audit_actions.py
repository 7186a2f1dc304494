"""The sentences of what people do with background work."""

from django.utils.translation import gettext_lazy as _

from asp.audit.actions import register
from asp.jobs.texts import kind_title

_WORDS = {"job": kind_title}

register("jobs.job_cancelled", _("Cancelled the task: {job}"), words=_WORDS)
register("jobs.job_retried", _("Started a failed task again: {job}"), words=_WORDS)
register("jobs.job_run_by_hand", _("Started before its time: {job}"), words=_WORDS)
