"""Unified social credit codes (统一社会信用代码, GB 32100-2015) and the organisation code inside (GB 11714).

Our own implementation: `python-stdnum` 2.2 refuses codes that begin with N, Y or A.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_VALUES = {character: value for value, character in enumerate(ALPHABET)}
_FORMAT = re.compile(rf"[1-9ANY][{ALPHABET}]{{17}}")
_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))

# GB 11714 counts letters on from 10 and knows all of them.
_INNER_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_INNER_FORMAT = re.compile(r"[0-9A-Z]{8}[0-9X]")

Problem = Literal["", "format", "check"]


@dataclass(frozen=True, slots=True)
class Checked:
    """What the rules say of one code. `inner_ok` is False if only the organisation code does not add up."""

    code: str
    problem: Problem = ""
    inner_ok: bool = True

    @property
    def is_valid(self) -> bool:
        """Whether the code may be accepted; a doubtful organisation code inside is only a warning."""
        return not self.problem


def normalise(text: str) -> str:
    """Return `text` as codes are written: half-width capitals, no blanks or hyphens."""
    return re.sub(r"[\s-]+", "", unicodedata.normalize("NFKC", text)).upper()


def check(code: str) -> Checked:
    """Check a normalised code: 18 characters, then the check character, then the code inside."""
    if not _FORMAT.fullmatch(code):
        return Checked(code, problem="format")
    if code[17] != check_character(code[:17]):
        return Checked(code, problem="check")
    return Checked(code, inner_ok=inner_is_valid(code[8:17]))


def check_character(body: str) -> str:
    """Return the 18th character for the first 17: (31 − Σ value·3^i mod 31) mod 31."""
    total = sum(_VALUES[character] * weight for character, weight in zip(body, _WEIGHTS, strict=True))
    return ALPHABET[(31 - total % 31) % 31]


def inner_is_valid(code: str) -> bool:
    """Whether nine characters are an organisation code (组织机构代码) with the right check character."""
    return bool(_INNER_FORMAT.fullmatch(code)) and code[8] == inner_check_character(code[:8])


def inner_check_character(body: str) -> str:
    """Return the ninth character of an organisation code: (11 − Σ value·weight mod 11) mod 11, 10 as X."""
    total = sum(int(character, 36) * weight for character, weight in zip(body, _INNER_WEIGHTS, strict=True))
    value = (11 - total % 11) % 11
    return "X" if value == 10 else str(value)


def compose(*, register: str, district: str, organisation: str) -> str:
    """Make a valid code of two characters of the register, six of the district and eight of the body.

    For demonstration and tests, where no real body may be named.
    """
    body = f"{register}{district}{organisation}{inner_check_character(organisation)}"
    return body + check_character(body)
