"""The lines of an export: entries in words, each with its place in the chain."""

import datetime
import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from asp.audit.filtering import Wanted, entries_wanted
from asp.audit.models import Entry, Seal
from asp.audit.selectors import in_words
from asp.ui.moments import local

CHUNK = 1000

Value = str | int | datetime.datetime | datetime.date | None


@dataclass(frozen=True, slots=True)
class Column:
    """A heading, and about how many characters stand under it."""

    heading: str
    width: int


def columns() -> list[Column]:
    """The columns in the reader's language. Times are those of Asia/Shanghai, and the heading says so."""
    return [
        Column(_("Place in the chain"), 10),
        Column(_("Time (Asia/Shanghai)"), 20),
        Column(_("Person"), 18),
        Column(_("Action"), 60),
        Column(_("Object"), 30),
        Column(_("Result"), 10),
        Column(_("From address"), 16),
        Column(_("Kind of act"), 28),
        Column(_("Particulars"), 40),
        Column(_("Request"), 24),
        Column(_("Number"), 38),
        Column(_("Digest of the entry"), 66),
    ]


def entries_until(wanted: Wanted, newest: uuid.UUID) -> QuerySet[Entry]:
    """The entries that fit and were there when the export was asked for."""
    return entries_wanted(wanted).filter(id__lte=newest)


def lines(wanted: Wanted, newest: uuid.UUID) -> Iterator[list[Value]]:
    """Each entry that fits, newest first as on the page; never more than a chunk in memory."""
    entries = entries_until(wanted, newest).order_by("-id")
    chunk = list(entries[:CHUNK])
    while chunk:
        seals = Seal.objects.in_bulk([each.id for each in chunk])
        for each in chunk:
            yield _line(each, seals.get(each.id))
        chunk = list(entries.filter(id__lt=chunk[-1].id)[:CHUNK]) if len(chunk) == CHUNK else []


def _line(entry: Entry, seal: Seal | None) -> list[Value]:
    row = in_words(entry)
    return [
        seal.seq if seal else None,
        local(entry.occurred_at).replace(tzinfo=None, microsecond=0),
        row.actor,
        row.sentence,
        entry.target_name,
        row.outcome_text,
        entry.ip or "",
        entry.action,
        json.dumps(entry.params, ensure_ascii=False) if entry.params else "",
        entry.request_id,
        str(entry.id),
        seal.entry_digest if seal else "",
    ]
