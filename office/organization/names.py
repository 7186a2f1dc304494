"""What a name of a department, a post or a person may be made of."""

import re
import unicodedata
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# Directions and invisible marks turn what is read into something else than what is stored.
_BLANKS = re.compile(r"\s+")
_PATH = frozenset("/\\|<>")
_HAN = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\U00020000-\U0003ffff·]")

PROBLEMS: dict[str, str | Promise] = {
    "invisible": _(
        "It contains an invisible or direction-changing character ({code}). Type it again by hand."
    ),
    "sign": _("It contains “{sign}”, which a name cannot have."),
    "leading": _("It begins with “{sign}”, which a spreadsheet would take for a formula."),
    "too_long": _("It is longer than {limit} characters."),
    "empty": _("It contains no letter or digit."),
}


def has_invisible(text: str) -> str:
    """Return the first control, format, private or unassigned character of `text` as `U+202E`, or ''.

    Ordinary white space is allowed: it is folded afterwards.
    """
    for sign in text:
        if sign in "\t\n\r":
            continue
        if unicodedata.category(sign) in ("Cc", "Cf", "Co", "Cs", "Cn"):
            return f"U+{ord(sign):04X}"
    return ""


def fold(text: str) -> str:
    """NFC, with each run of white space as one blank and none around."""
    return _BLANKS.sub(" ", unicodedata.normalize("NFC", text)).strip()


def person_fold(text: str) -> str:
    """`fold`, and the blanks with which tables align short Chinese names (张　三) taken out."""
    folded = fold(text)
    if folded and all(sign == " " or _HAN.match(sign) for sign in folded):
        return folded.replace(" ", "")
    return folded


def problem_of(text: str, *, limit: int) -> tuple[str, dict[str, Any]] | None:
    """What is wrong with a folded name: a code of `PROBLEMS` and its parameters; None if nothing is."""
    code = has_invisible(text)
    if code:
        return "invisible", {"code": code}
    sign = next((each for each in text if each in _PATH), "")
    if sign:
        return "sign", {"sign": sign}
    if text[:1] in ("=", "+", "-", "@"):
        return "leading", {"sign": text[0]}
    if len(text) > limit:
        return "too_long", {"limit": limit}
    if text and not any(each.isalnum() for each in text):
        return "empty", {}
    return None


def clean(text: str, *, limit: int) -> str:
    """Return `text` folded, or raise ValidationError with a sentence that says what is wrong."""
    # Before folding too: some invisible characters count as white space there.
    folded = fold(text)
    found = problem_of(text if has_invisible(text) else folded, limit=limit)
    if found:
        code, params = found
        raise ValidationError(str(PROBLEMS[code]).format(**params), code=code)
    return folded
