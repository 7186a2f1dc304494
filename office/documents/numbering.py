"""How the number of a document (发文字号) is written: 武政发〔2026〕1号.

Agency code, year in four digits in the brackets U+3014 and U+3015, number without leading zero and without 第, ASCII
digits, 号. Orders are numbered on through the years (第809号), minutes often by issue (第3期). Reference §1.3.
"""

import re
import unicodedata
from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _

CODE = re.compile(r"[\u4e00-\u9fff]{1,20}")
_WRITTEN = re.compile(
    r"(?P<code>[\u4e00-\u9fff]{1,20})〔(?P<year>(?:19|20)\d{2})〕(?P<number>[1-9]\d{0,6})号", re.ASCII
)
_LOOSE = re.compile(
    r"(?P<code>[\u4e00-\u9fff]{1,20}?)\s*[〔\[({【〈<《「]\s*(?P<year>(?:(?:19|20)\d{2}|\d{2}))\s*年?\s*[〕\])}】〉>》」]\s*"
    r"第?\s*(?P<number>\d{1,7})\s*号?",
    re.ASCII,
)


class Style(models.TextChoices):
    """How the numbers of an agency code are written, and whether they begin anew each year."""

    YEARLY = "yearly", _("代字〔2026〕5号, anew each year")
    ISSUES = "issues", _("第5期, anew each year")
    ORDERS = "orders", _("第5号, on through the years")

    @property
    def is_yearly(self) -> bool:
        """Whether each year has a register of its own."""
        return self is not Style.ORDERS


@dataclass(frozen=True, slots=True)
class Written:
    """A document number in its parts."""

    code: str
    year: int
    number: int

    def __str__(self) -> str:
        return f"{self.code}〔{self.year}〕{self.number}号"


def write(style: Style | str, code: str, year: int, number: int | None) -> str:
    """Write a number; without one, as a draft shows it (武政发〔2026〕 号)."""
    shown = " " if number is None else str(number)
    if style == Style.YEARLY:
        return f"{code}〔{year}〕{shown}号"
    return f"第{shown}期" if style == Style.ISSUES else f"第{shown}号"


def read(text: str) -> Written | None:
    """Read a number that is written as it has to be; None for anything else."""
    found = _WRITTEN.fullmatch(text)
    return Written(found["code"], int(found["year"]), int(found["number"])) if found else None


def mended(text: str) -> Written | None:
    """What somebody probably meant who wrote [2026], （2026）, 01号, 第1号 or full-width digits.

    Only a proposal: it is used when the person has confirmed it. None if nothing can be made of it.
    """
    found = _LOOSE.fullmatch(unicodedata.normalize("NFKC", text).strip())
    if not found or not int(found["number"]):
        return None
    year = int(found["year"])
    return Written(found["code"], year if year > 99 else 2000 + year, int(found["number"]))
