"""Texts of a known shape (telephone, identity card …), which a field asks for by name.

Other apps add theirs with `pattern_register` when Django is ready, so that each rule is written once:
`provisioning` brings the unified social credit code.
"""

import datetime
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from asp.accounts.identifiers import phone_normalise
from asp.ui import moments


@dataclass(frozen=True)
class Pattern:
    """A shape: its name in definitions and for people, and how a text is brought into it.

    `normalise` returns the stored form and raises ValueError if it is none; `wrong` says what to do then.
    `keyboard` is the keyboard that a phone shows (`inputmode`), `fill` what a browser may fill in (`autocomplete`).
    """

    code: str
    title: str | Promise
    normalise: Callable[[str], str]
    wrong: str | Promise
    keyboard: str = "text"
    fill: str = "off"


_patterns: dict[str, Pattern] = {}


def pattern_register(pattern: Pattern) -> None:
    """Make a shape known. Called from `AppConfig.ready`."""
    _patterns[pattern.code] = pattern


def pattern(code: str) -> Pattern | None:
    """A shape by its name, or None."""
    return _patterns.get(code)


def patterns() -> list[Pattern]:
    """All of them, in the order in which they were made known."""
    return list(_patterns.values())


# Identity cards (居民身份证号码, GB 11643-1999)
_ID = re.compile(r"[1-9]\d{16}[\dX]")
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS = "10X98765432"
# GB/T 2260: provinces; 81-83 residence permits of Hong Kong, Macao and Taiwan; 9 foreign permanent residents (2023).
_REGIONS = frozenset(
    f"{first}{last}"
    for first, lasts in {1: "12345", 2: "123", 3: "1234567", 4: "123456", 5: "01234", 6: "12345", 7: "1", 8: "123", 9: "0123456789"}.items()
    for last in lasts
)  # fmt: skip


def id_number_normalise(text: str) -> str:
    """An identity number of 18 characters with a capital X. Raises ValueError if it cannot be one."""
    number = re.sub(r"[\s-]+", "", unicodedata.normalize("NFKC", text)).upper()
    if not _ID.fullmatch(number) or not number.isascii() or number[:2] not in _REGIONS:
        raise ValueError("no identity number")
    birth = datetime.date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    total = sum(int(digit) * weight for digit, weight in zip(number, _ID_WEIGHTS, strict=False))
    if birth > moments.today() or number[17] != _ID_CHECKS[total % 11]:
        raise ValueError("no identity number")
    return number


def _digits(text: str, shape: str) -> str:
    plain = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))
    if not re.fullmatch(shape, plain, re.ASCII):
        raise ValueError("another shape")
    return plain


def _landline(text: str) -> str:
    """With area code and, if need be, an extension: 0571-8765432-801."""
    return _digits(text.replace("转", "-"), r"(0\d{2,3}-?)?[2-9]\d{6,7}(-\d{1,6})?")


def _email(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).strip()
    try:
        validate_email(plain)
    except ValidationError:
        raise ValueError("no mail address") from None
    return plain


def _phone(text: str) -> str:
    return phone_normalise(text)


for _each in (
    Pattern("phone", _("Mobile number"), _phone, _("Write a mobile number of 11 digits."), "tel", "tel"),
    Pattern(
        "landline",
        _("Telephone number"),
        _landline,
        _("Write a telephone number, with area code if need be: 0571-8765432."),
        "tel",
    ),
    Pattern(
        "id_number",
        _("Identity card number"),
        id_number_normalise,
        _("Write the 18 characters of the identity card; one of them is not right."),
    ),
    Pattern(
        "email", _("E-mail address"), _email, _("Write a mail address: name@example.cn."), "email", "email"
    ),
    Pattern(
        "postcode", _("Post code"), lambda text: _digits(text, r"\d{6}"), _("Write six digits."), "numeric"
    ),
):
    pattern_register(_each)
