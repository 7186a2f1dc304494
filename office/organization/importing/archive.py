"""Looks at an .xlsx as the ZIP archive that it is, before any library unpacks it."""

import re
import zipfile
import zlib
from typing import IO

from asp.ui.text import bytes_text
from office.organization import errors
from office.organization.importing.texts import FILE

MOST_BYTES = 60 * 1024 * 1024  # 5,000 people need less than one
MOST_PARTS = 500
CHUNK = 256 * 1024
OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # .xls, and .xlsx with a password
_DECLARATION = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_MERGE = re.compile(rb"<(?:\w+:)?mergeCell\s[^>]*?ref\s*=\s*[\"']([A-Z]{1,3}\d{1,7}:[A-Z]{1,3}\d{1,7})[\"']")
MOST_MERGES = 2000


def refuse(code: str, **params: object) -> errors.ImportRefused:
    """The error for a whole file."""
    return errors.ImportRefused(f"organization.{code}", FILE[f"organization.{code}"], params)


def check(file: IO[bytes]) -> dict[str, list[str]]:
    """Refuse what is no spreadsheet, or dangerous to open; return the merged ranges of each sheet part.

    The sizes are those that the archive declares; the standard library never unpacks more than that,
    and everything is read here once under the same limit. Raises ImportRefused.
    """
    file.seek(0)
    if file.read(len(OLE2)) == OLE2:
        raise refuse("old_xls")
    file.seek(0)
    if not zipfile.is_zipfile(file):
        raise refuse("not_xlsx")
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            return _check_parts(archive)
    except (
        zipfile.BadZipFile,
        zlib.error,
        NotImplementedError,
        RuntimeError,
        EOFError,
        OSError,
        ValueError,
    ) as error:
        # NotImplementedError: an unknown compression; RuntimeError: an encrypted part.
        raise refuse("broken") from error


def _check_parts(archive: zipfile.ZipFile) -> dict[str, list[str]]:
    parts = archive.infolist()
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_BYTES:
        raise refuse("bomb", limit=bytes_text(MOST_BYTES))
    if "[Content_Types].xml" not in archive.namelist():
        raise refuse("not_xlsx")
    merged: dict[str, list[str]] = {}
    unpacked = 0
    for part in parts:
        rest = b""
        with archive.open(part) as stream:
            while chunk := stream.read(CHUNK):
                unpacked += len(chunk)
                if unpacked > MOST_BYTES:
                    raise refuse("bomb", limit=bytes_text(MOST_BYTES))
                text = rest + chunk
                # NUL taken out: the declaration may be written in UTF-16.
                if part.filename.endswith((".xml", ".rels")) and _DECLARATION.search(
                    text.replace(b"\x00", b"")
                ):
                    raise refuse("unsafe_xml")
                if "worksheets/" in part.filename and len(merged.get(part.filename, ())) < MOST_MERGES:
                    found = [each.decode() for each in _MERGE.findall(text)]
                    known = merged.setdefault(part.filename, [])
                    known += [each for each in found if each not in known]
                rest = text[-200:]
    return merged
