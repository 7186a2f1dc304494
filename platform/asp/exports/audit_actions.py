"""Sentences of the audit log for exports: who asked, what was made, who fetched it."""

from django.utils.translation import gettext_lazy as _

from asp.audit.actions import register
from asp.jobs.registry import UnknownJobError, find


def _title(name: str) -> str:
    """What a job is called, in the reader's language."""
    try:
        return str(find(name).title)
    except UnknownJobError:
        return name


def register_all() -> None:
    """Called when Django is ready."""
    register("exports.asked", _("Asked for: {job}"), words={"job": _title})
    register("exports.made", _("The export “{target}” was made: {rows} rows, SHA-256 {sha256}"))
    register("exports.fetched", _("Fetched the export “{target}”"))
