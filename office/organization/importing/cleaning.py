"""From the text of cells to values that may be stored, or the reasons why not."""

import re
import unicodedata
from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from asp.accounts.identifiers import login_is_valid, login_normalise, phone_normalise
from office.organization import names
from office.organization.importing.columns import NO, YES
from office.organization.importing.reader import RawRow
from office.organization.importing.texts import Problem
from office.organization.models import MAX_DEPTH
from office.organization.tree import SEPARATOR

_DECIMALS = re.compile(r"^(\d+)\.0+$")
_SEPARATORS = re.compile(r"[/／>＞\\]+")
HEAD_WORDS = {
    **dict.fromkeys(("是", "yes", "y", "true", "1", "√", "✓", "✔"), YES),
    **dict.fromkeys(("否", "不是", "no", "n", "false", "0", "×"), NO),
}
OFFICE_PHONE = re.compile(r"[0-9+\-()#*, 转]{1,32}\Z")

Cleaned = tuple[str, tuple[str, dict[str, Any]] | None]


def clean_rows(rows: list[RawRow]) -> list[dict[str, Any]]:
    """Clean every row and compare them with each other.

    Gives JSON: `n` the line, `v` the values, `p` the problems, `r` the text as it was (rows with problems).
    """
    cleaned = [_clean_row(row) for row in rows]
    for column in ("login", "phone"):
        _mark_twice(cleaned, column)
    for each, row in zip(cleaned, rows, strict=True):
        if each["p"]:
            each["r"] = row.values
    return cleaned


def _clean_row(row: RawRow) -> dict[str, Any]:
    problems: list[Problem] = list(row.problems)
    bad = {column for column, _code, _params in problems}
    values: dict[str, str] = {}
    for code, text in row.values.items():
        if code in bad:
            continue
        value, problem = CLEANERS[code](_unquoted(text))
        if problem:
            problems.append([code, problem[0], problem[1]])
        elif value:
            values[code] = value
    if "name" not in values and not any(column == "name" for column, *_rest in problems):
        problems.append(["name", "required", {}])
    given = {"login", "phone"} & (values.keys() | {column for column, *_rest in problems})
    if not given:
        problems.append(["", "key_missing", {}])
    return {"n": row.number, "v": values, "p": problems}


def _mark_twice(cleaned: list[dict[str, Any]], column: str) -> None:
    """Which of two rows with the same account is meant, only the person who wrote them knows: refuse both."""
    first: dict[str, dict[str, Any]] = {}
    for each in cleaned:
        value = each["v"].get(column)
        if not value:
            continue
        other = first.setdefault(value, each)
        if other is not each:
            each["p"].append([column, f"{column}_twice", {"row": other["n"]}])
            if not any(code == f"{column}_twice" for _column, code, _params in other["p"]):
                other["p"].append([column, f"{column}_twice", {"row": each["n"]}])


def _unquoted(text: str) -> str:
    """Take back the apostrophe that our own export puts before =, +, - and @."""
    return text[1:] if text[:1] == "'" and text[1:2] in ("=", "+", "-", "@") else text


def _named(text: str, limit: int, fold: Callable[[str], str] = names.fold) -> Cleaned:
    # White space is folded first: a line break typed into a cell is no attack.
    folded = fold(text)
    problem = names.problem_of(folded, limit=limit)
    return ("", problem) if problem else (folded, None)


def _plain(text: str) -> str:
    """Compatibility form (full-width digits and letters), no blanks around, no `.0` of a number."""
    plain = unicodedata.normalize("NFKC", text).strip()
    found = _DECIMALS.match(plain)
    return found[1] if found else plain


def _name(text: str) -> Cleaned:
    return _named(text, 60, names.person_fold)


def _name_en(text: str) -> Cleaned:
    return _named(text, 150)


def _login(text: str) -> Cleaned:
    login = login_normalise(_plain(text))
    if login and not login_is_valid(login):
        return "", ("login_invalid", {})
    return login, None


def _phone(text: str) -> Cleaned:
    try:
        return phone_normalise(_plain(text)), None
    except ValueError:
        return "", ("phone_invalid", {})


def _email(text: str) -> Cleaned:
    email = _plain(text)
    if not email:
        return "", None
    try:
        validate_email(email)
    except ValidationError:
        return "", ("email_invalid", {})
    name, _at, domain = email.rpartition("@")
    return f"{name}@{domain.lower()}", None


def _department(text: str) -> Cleaned:
    path = []
    for part in _SEPARATORS.split(text):
        name, problem = _named(part, 60)
        if problem:
            return "", problem
        if name:
            path.append(name)
    if len(path) > MAX_DEPTH:
        return "", ("too_deep", {"limit": MAX_DEPTH})
    return SEPARATOR.join(path), None


def _post(text: str) -> Cleaned:
    return _named(text, 60)


def _staff_number(text: str) -> Cleaned:
    return _named(_plain(text), 32)


def _office_phone(text: str) -> Cleaned:
    phone = names.fold(_plain(text).replace("—", "-"))
    if phone and not OFFICE_PHONE.match(phone):
        return "", ("office_phone_invalid", {})
    return phone, None


def _sort(text: str) -> Cleaned:
    number = _plain(text)
    if not number:
        return "", None
    if not (number.isascii() and number.isdigit() and len(number) <= 6):
        return "", ("sort_invalid", {})
    return str(int(number)), None


def _head(text: str) -> Cleaned:
    word = _plain(text).lower()
    if word in ("", *HEAD_WORDS):
        return HEAD_WORDS.get(word, ""), None
    return "", ("head_invalid", {})


CLEANERS: dict[str, Callable[[str], Cleaned]] = {
    "name": _name,
    "name_en": _name_en,
    "login": _login,
    "phone": _phone,
    "email": _email,
    "department": _department,
    "post": _post,
    "head": _head,
    "staff_number": _staff_number,
    "office_phone": _office_phone,
    "sort": _sort,
}
