"""Attachments (附件): the caller owns the files, the form knows only how many there are and what they are called."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class FileInfo:
    """One file that the caller has taken: its id, name, size in bytes, media type, and where to fetch it."""

    id: str
    name: str
    size: int
    media_type: str = ""
    url: str = ""


@dataclass(frozen=True)
class FileDesk:
    """Where files of a form go: the purpose and target of uploads (`asp.blobs.purposes`), and what arrived there.

    `describe(ids)` returns those of the ids that this person may put into this form, and those that are in it already;
    whatever it leaves out is refused. The result that the purpose's `finish` gives the browser must have `id`.
    """

    purpose: str
    target: str
    describe: Callable[[Collection[str]], Mapping[str, FileInfo]]
    max_bytes: int = 0


# What a field may restrict itself to: name -> (title, media types or their beginnings, what a file dialog filters by).
TYPES: Final[Mapping[str, tuple[str | Promise, tuple[str, ...], str]]] = {
    "pdf": (_("PDF"), ("application/pdf",), ".pdf"),
    "image": (_("pictures"), ("image/",), "image/*"),
    "word": (
        _("Word documents"),
        ("application/msword", "application/vnd.openxmlformats-officedocument.wordprocessingml"),
        ".doc,.docx",
    ),
    "excel": (
        _("Excel sheets"),
        ("application/vnd.ms-excel", "application/vnd.openxmlformats-officedocument.spreadsheetml"),
        ".xls,.xlsx",
    ),
}


def type_fits(media_type: str, wanted: Collection[str]) -> bool:
    """Whether a file of `media_type` is one of the wanted types; any is, if none is named."""
    return not wanted or any(media_type.startswith(TYPES[each][1]) for each in wanted)
