"""Account names (账号) and mobile numbers (手机号): how they are written and compared."""

import re
import unicodedata

LOGIN_MAX_LENGTH = 32
# Begins with a letter, so that an account name is never mistaken for a telephone number.
LOGIN_PATTERN = re.compile(r"[a-z][a-z0-9._-]{1,31}")
PHONE_PATTERN = re.compile(r"1[3-9]\d{9}")
_SEPARATORS = re.compile(r"[\s()\-－—–·.]+")


def login_normalise(text: str) -> str:
    """The stored form of an account name: NFKC, lower case, no blanks around it."""
    return unicodedata.normalize("NFKC", text).strip().lower()


def login_is_valid(login: str) -> bool:
    """Whether a normalised account name is well formed."""
    return LOGIN_PATTERN.fullmatch(login) is not None


def phone_normalise(text: str) -> str:
    """The stored form of a mainland mobile number: eleven digits; empty if `text` is empty.

    Takes full-width digits, blanks, hyphens, +86 and 0086. Raises ValueError if it is no such number.
    """
    digits = _SEPARATORS.sub("", unicodedata.normalize("NFKC", text))
    if not digits:
        return ""
    digits = re.sub(r"^(\+86|0086|86(?=1\d{10}$))", "", digits)
    if not PHONE_PATTERN.fullmatch(digits) or not digits.isascii():
        raise ValueError("not a mobile number")
    return digits


def phone_masked(phone: str) -> str:
    """A number as it may be shown to others: 138****1234."""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) == 11 else phone
