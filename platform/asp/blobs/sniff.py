"""Telling what content is from its bytes, whatever its name says."""

import zipfile
from typing import IO

import filetype

TEXT = "text/plain"
UNKNOWN = "application/octet-stream"
ZIP = "application/zip"
OLE = "application/x-ole-storage"
HEAD_SIZE = 8192

_OOXML = "application/vnd.openxmlformats-officedocument"
# Name of a member that gives a document away -> media type.
_ZIP_MEMBERS = (
    ("word/document.xml", f"{_OOXML}.wordprocessingml.document"),
    ("xl/workbook.xml", f"{_OOXML}.spreadsheetml.sheet"),
    ("xl/workbook.bin", "application/vnd.ms-excel.sheet.binary.macroenabled.12"),
    ("ppt/presentation.xml", f"{_OOXML}.presentationml.presentation"),
    ("OFD.xml", "application/ofd"),
    ("META-INF/MANIFEST.MF", "application/java-archive"),
)
_OPEN_DOCUMENT = "application/vnd.oasis.opendocument."
# Texts of which a browser or an office program makes more than text; believed only of real text.
_TEXT_TYPES = frozenset({"text/csv", "text/markdown", "application/json", "text/tab-separated-values"})
_MARKUP = (
    (b"<!doctype html", "text/html"),
    (b"<html", "text/html"),
    (b"<svg", "image/svg+xml"),
    (b"<script", "text/html"),
)
_CONTROL = frozenset(range(32)) - {7, 8, 9, 10, 12, 13, 27}


def media_type_of(head: bytes, *, declared: str = "") -> str:
    """Return the media type that the first bytes show.

    `declared` only chooses among kinds of plain text. `application/zip` and OLE storage may be more
    exactly known once the whole file can be read: `refine`.
    """
    if not head:
        return TEXT
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return _ole(head)
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip_head(head)
    guess = filetype.guess(head[:HEAD_SIZE])
    if guess is not None:
        return str(guess.mime)
    if is_text(head):
        return _text(head, declared)
    return UNKNOWN


def refine(media_type: str, file: IO[bytes]) -> str:
    """Return a more exact type for ZIP containers whose directory can now be read."""
    if media_type != ZIP:
        return media_type
    try:
        with zipfile.ZipFile(file) as archive:
            return _zip_members(archive.namelist()[:5000]) or _open_document(archive) or media_type
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError, OSError):
        return media_type


def is_text(head: bytes) -> bool:
    """Whether the bytes are plain text in UTF-8, UTF-16 with a mark, or GB 18030."""
    sample = head[:HEAD_SIZE]
    if sample.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    if any(byte in _CONTROL for byte in sample):
        return False
    return _decodes(sample, "utf-8") or _decodes(sample, "gb18030")


def _decodes(sample: bytes, encoding: str) -> bool:
    """Whether `sample` decodes; its last character may be cut."""
    for cut in range(4):
        try:
            sample[: len(sample) - cut].decode(encoding)
        except UnicodeDecodeError:
            continue
        return True
    return False


def _text(head: bytes, declared: str) -> str:
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:512].lower()
    for mark, media_type in _MARKUP:
        if start.startswith(mark):
            return media_type
    if start.startswith(b"<?xml"):
        return "image/svg+xml" if b"<svg" in start else "application/xml"
    return declared if declared in _TEXT_TYPES else TEXT


def _zip_head(head: bytes) -> str:
    """Judge a ZIP by the members whose local headers lie in the first bytes."""
    if b"mimetypeapplication/vnd.oasis.opendocument." in head[:120]:
        start = head.index(b"mimetype") + len(b"mimetype")
        kind = head[start : start + 100].split(b"PK", 1)[0]
        return kind.decode("ascii", "ignore").strip()[:127]
    names, position = [], 0
    while (position := head.find(b"PK\x03\x04", position)) >= 0 and position + 30 <= len(head):
        length = int.from_bytes(head[position + 26 : position + 28], "little")
        names.append(head[position + 30 : position + 30 + length].decode("utf-8", "ignore"))
        position += 30 + length
    return _zip_members(names) or ZIP


def _zip_members(names: list[str]) -> str:
    present = set(names)
    return next((media_type for member, media_type in _ZIP_MEMBERS if member in present), "")


def _open_document(archive: zipfile.ZipFile) -> str:
    if "mimetype" not in archive.namelist():
        return ""
    with archive.open("mimetype") as member:
        kind = member.read(100).decode("ascii", "ignore").strip()
    return kind if kind.startswith(_OPEN_DOCUMENT) else ""


def _ole(head: bytes) -> str:
    """Old office documents; which one is told by the names of their streams (UTF-16)."""
    streams = (
        ("WordDocument", "application/msword"),
        ("Workbook", "application/vnd.ms-excel"),
        ("PowerPoint Document", "application/vnd.ms-powerpoint"),
        ("__substg1.0_", "application/vnd.ms-outlook"),
    )
    return next((kind for name, kind in streams if name.encode("utf-16-le") in head), OLE)
