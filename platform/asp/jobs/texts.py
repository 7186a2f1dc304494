"""Job rows in words, in the reader's language."""

import datetime
import re
from typing import TYPE_CHECKING

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_noop

from asp.jobs import registry
from asp.jobs.values import fill

if TYPE_CHECKING:
    from asp.jobs.models import Job

INTERNAL = "jobs.internal"
VANISHED = "jobs.worker_vanished"
UNKNOWN = "jobs.unknown"

# Reasons that the job machinery itself gives; services bring theirs as UserFacingError.
REASONS = {
    INTERNAL: gettext_noop(
        "Something went wrong that nobody expected. Tell the operators the number {reference}; nothing is lost."
    ),
    VANISHED: gettext_noop(
        "The machine that worked on this stopped several times. Ask the operators to look at it."
    ),
    UNKNOWN: gettext_noop("This version of the system does not know this kind of task."),
}


def job_title(job: "Job") -> str:
    """Return what the job does; its bare name if the code no longer knows it."""
    try:
        spec = registry.find(job.name)
    except registry.UnknownJobError:
        return job.name
    return fill(spec.title, job.title_params)


def kind_title(name: str) -> str:
    """Return what jobs called `name` do, with an ellipsis where each has something of its own."""
    try:
        return re.sub(r"\{[^}]*\}", "…", str(registry.find(name).title))
    except registry.UnknownJobError:
        return name


def period_text(period: datetime.timedelta) -> str:
    """Return how often regular work is done: every 5 minutes."""
    seconds = int(period.total_seconds())
    if seconds % 86400 == 0:
        n, one, many = seconds // 86400, gettext("every day"), gettext("every {n} days")
    elif seconds % 3600 == 0:
        n, one, many = seconds // 3600, gettext("every hour"), gettext("every {n} hours")
    elif seconds % 60 == 0:
        n, one, many = seconds // 60, gettext("every minute"), gettext("every {n} minutes")
    else:
        n, one, many = seconds, gettext("every second"), gettext("every {n} seconds")
    return one if n == 1 else many.format(n=n)


def job_progress(job: "Job") -> str:
    """Return what the job is doing now; empty if it has not said."""
    if not job.progress_code:
        return ""
    try:
        spec = registry.find(job.name)
    except registry.UnknownJobError:
        return ""
    text = spec.texts.get(job.progress_code)
    return fill(text, job.progress_params) if text is not None else ""


def job_error(job: "Job") -> str:
    """Return why the job failed; empty if it has not."""
    if not job.error_code:
        return ""
    text = REASONS.get(job.error_code, job.error_text)
    return fill(gettext(text) if text else job.error_code, job.error_params)


def actor_text(kind: str, name: str) -> str:
    """Return what people read for a stored actor."""
    return gettext("The system") if kind == "system" else name


def source_text(message: str | Promise) -> str:
    """Return a message as the code has it, untranslated, so that it can be translated again when read."""
    with translation.override(None):
        return str(message)
