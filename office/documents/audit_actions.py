"""Sentences of the audit log for document numbers."""

from typing import Final

from django.utils.dateparse import parse_date
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from asp.audit.actions import Word, register
from asp.ui.moments import day_text

ACTIONS: Final[dict[str, str | Promise]] = {
    "documents.code_created": _("Set up the agency code {target}"),
    "documents.code_changed": _("Changed the agency code {target}"),
    "documents.code_stopped": _("Stopped the agency code {target}"),
    "documents.code_resumed": _("Let documents be numbered under {target} again"),
    "documents.series_begun": _("Let the register of {year} for {target} begin with number {first}"),
    "documents.series_closed": _("Closed the register of {year} for {target} after number {last}"),
    "documents.series_reopened": _("Opened the register of {year} for {target} again: {reason}"),
    "documents.number_taken": _("Gave the number {target} to “{title}”"),
    "documents.number_used": _("Used the number {target} for “{title}”"),
    "documents.number_reserved": _("Reserved the number {target} for “{title}” until {until}"),
    "documents.number_voided": _("Voided the number {target} (“{title}”): {reason}"),
    "documents.number_lapsed": _("The reservation of {target} for “{title}” lapsed"),
    "documents.number_freed": _("Released the void number {target} for use again: {reason}"),
    "documents.number_corrected": _("Corrected the entry of {target} (“{title}”): {reason}"),
}


def _day(text: str) -> str:
    found = parse_date(text)
    return day_text(found) if found is not None else text


WORDS: Final[dict[str, dict[str, Word]]] = {"documents.number_reserved": {"until": _day}}


def register_all() -> None:
    """Called when Django is ready."""
    for code, sentence in ACTIONS.items():
        register(code, sentence, words=WORDS.get(code))
