"""Names that people type: cleaned where that is harmless, refused in words where they could mislead."""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

# Direction marks let a name read differently from what it is; the others cannot be seen.
_DIRECTION = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# U+FFFD stands where something was that could not be kept.
_MARKUP = frozenset('<>{}[]\\|`^~$%*=+_"#@;?!\ufffd')
_BLANKS = re.compile(r"[\s\u3000]+")
_CONTROL = frozenset({"Cc", "Cs", "Cn", "Co", "Zl", "Zp"})


def clean_name(text: str) -> str:
    """Return a name in NFC with single blanks. Raises ValidationError with the reason.

    Refused: control, direction and invisible characters, markup characters, and names without a letter.
    """
    if any(character in _DIRECTION for character in text):
        raise ValidationError(
            _(
                "The name contains an invisible mark that changes the direction of writing. Type it again by hand."
            ),
            code="direction",
        )
    name = _BLANKS.sub(" ", unicodedata.normalize("NFC", text)).strip()
    for character in name:
        category = unicodedata.category(character)
        if category in _CONTROL or category == "Cf":
            raise ValidationError(
                _("The name contains an invisible or control character (U+%(code)s). Type it again by hand."),
                code="control",
                params={"code": f"{ord(character):04X}"},
            )
        if character in _MARKUP:
            raise ValidationError(
                _("A name cannot contain “%(character)s”."), code="character", params={"character": character}
            )
    if name and not any(character.isalpha() for character in name):
        raise ValidationError(_("A name needs at least one letter."), code="letters")
    return name


def clean_text(text: str) -> str:
    """Return free text with line breaks but without control and direction characters, which are dropped."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    kept = [
        character
        for character in text
        if character in "\n\t"
        or (character not in _DIRECTION and unicodedata.category(character) not in {"Cc", "Cs", "Cn", "Co"})
    ]
    return "".join(kept).strip()
