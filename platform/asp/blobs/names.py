"""File names that people give: kept as they are if they are harmless everywhere, else refused in words."""

import unicodedata

from django.utils.translation import gettext_lazy as _

from asp.blobs.errors import FileNameRefused

MOST_BYTES = 255  # what file systems take; a Chinese character has three

# Direction marks turn "报告\u202Efdp.exe" into something that reads like a PDF; the others are invisible.
_DIRECTION = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_INVISIBLE = frozenset("\u00ad\u180e\u200b\u2060\u2061\u2062\u2063\u2064\ufeff\ufff9\ufffa\ufffb")
_JOINERS = frozenset("\u200c\u200d")
_PATH = frozenset("/\\")
_RESERVED_CHARACTERS = frozenset('<>:"|?*')
_RESERVED_NAMES = frozenset(
    ["con", "prn", "aux", "nul", "conin$", "conout$"]
    + [f"{device}{digit}" for device in ("com", "lpt") for digit in "0123456789¹²³"]
)


def clean_filename(name: str) -> str:
    """Return `name` in NFC without spaces around it. Raises FileNameRefused with the reason.

    Refused: nothing left, folders in the name, control characters, direction and invisible marks,
    characters and names that Windows reserves, a dot at the end, more than 255 bytes of UTF-8.
    """
    cleaned = unicodedata.normalize("NFC", name).strip()
    _refuse_characters(cleaned)
    if not cleaned:
        raise _refused("empty", _("The file has no name."))
    if not cleaned.strip("."):
        raise _refused("path", _("“{name}” is not a name for a file."), name=cleaned[:20])
    if cleaned.endswith("."):
        raise _refused("trailing_dot", _("A file name cannot end with a dot."))
    stem = cleaned.split(".", 1)[0].rstrip().lower()
    if stem in _RESERVED_NAMES:
        raise _refused("reserved_name", _("“{name}” is a name that Windows reserves."), name=stem)
    size = len(cleaned.encode("utf-8"))
    if size > MOST_BYTES:
        raise _refused(
            "too_long",
            _(
                "The file name is too long: {characters} characters take {size} bytes, "
                "and at most {limit} are possible (about {chinese} Chinese characters)."
            ),
            characters=len(cleaned),
            size=size,
            limit=MOST_BYTES,
            chinese=MOST_BYTES // 3,
        )
    return cleaned


def _refuse_characters(name: str) -> None:
    for character in name:
        if character in _PATH:
            raise _refused("path", _("A file name cannot contain / or \\."))
        if character in _DIRECTION:
            raise _refused(
                "direction",
                _("The file name contains an invisible mark that changes the direction of writing."),
            )
        if character in _RESERVED_CHARACTERS:
            raise _refused(
                "reserved_character", _("A file name cannot contain “{character}”."), character=character
            )
        category = unicodedata.category(character)
        if category in {"Cc", "Cs", "Zl", "Zp"} or _is_noncharacter(character):
            raise _refused(
                "control",
                _("The file name contains a control character (U+{code})."),
                code=f"{ord(character):04X}",
            )
        if character in _INVISIBLE or (
            category == "Cf" and character not in _JOINERS and not _is_tag(character)
        ):
            raise _refused(
                "invisible",
                _("The file name contains an invisible character (U+{code})."),
                code=f"{ord(character):04X}",
            )


def _is_noncharacter(character: str) -> bool:
    return (ord(character) & 0xFFFE) == 0xFFFE or 0xFDD0 <= ord(character) <= 0xFDEF


def _is_tag(character: str) -> bool:
    """Flags of regions are spelt with these; they follow a visible character."""
    return 0xE0020 <= ord(character) <= 0xE007F


def _refused(reason: str, message: object, **params: object) -> FileNameRefused:
    return FileNameRefused(f"blobs.name_{reason}", message, params)  # type: ignore[arg-type]
