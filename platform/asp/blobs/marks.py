"""Marks of state secrecy (国家秘密标志): this system is for non-secret work only."""

import re
import zipfile
from typing import IO

MARK = re.compile(r"(绝密|机密|秘密)\s*★")
MOST_TEXT = 1024 * 1024
_TAGS = re.compile(r"<[^>]*>")
_BREAKS = re.compile(r"</(?:w:p|a:p|text:p|si)>")

# Where the words of an office document lie. A mark stands on the first page or in the header.
_DOCUMENT_PARTS = re.compile(
    r"(?:word/(?:document|header\d*|footer\d*)\.xml|ppt/slides/slide[12]\.xml|xl/sharedStrings\.xml|content\.xml)\Z"
)
_MOST_PARTS = 12


def is_marked(text: str) -> bool:
    """Whether `text` carries a secrecy mark (绝密★, 机密★, 秘密★)."""
    return MARK.search(text) is not None


def text_is_marked(content: bytes) -> bool:
    """Whether the first MiB of plain text carries a mark, in UTF-8, UTF-16 or GB 18030."""
    sample = content[:MOST_TEXT]
    if sample.startswith((b"\xff\xfe", b"\xfe\xff")):
        return is_marked(sample.decode("utf-16", "ignore"))
    return any(is_marked(sample.decode(encoding, "ignore")) for encoding in ("utf-8", "gb18030"))


def document_is_marked(file: IO[bytes]) -> bool:
    """Whether the text of an office document (DOCX, XLSX, PPTX, ODF) carries a mark.

    Reads at most MOST_TEXT of each part, so that a bomb costs no more than a letter. A file that is no
    readable ZIP carries no mark here.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            names = [name for name in archive.namelist() if _DOCUMENT_PARTS.match(name)]
            return any(is_marked(_part_text(archive, name)) for name in names[:_MOST_PARTS])
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError, OSError):
        return False


def _part_text(archive: zipfile.ZipFile, name: str) -> str:
    """The words of one part; runs are joined, because editors cut words anywhere."""
    with archive.open(name) as part:
        xml = part.read(MOST_TEXT).decode("utf-8", "ignore")
    return _TAGS.sub("", _BREAKS.sub("\n", xml))
