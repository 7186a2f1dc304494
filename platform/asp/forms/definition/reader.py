"""Reads JSON that somebody else wrote: each value is of its type, within its bounds, and nothing is left over."""

import re
from collections.abc import Collection, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from asp.forms.errors import Fault
from asp.forms.expressions import Expression, ExpressionError, expression_read
from asp.forms.words import Words, has_unwanted, tidy

NAME = re.compile(r"[a-z](?:_?[a-z0-9])*")
NAME_LONGEST = 40
LABEL_LONGEST = 200
HELP_LONGEST = 1000


class Reader:
    """One JSON object. What is wrong with it is put on the list `faults`, under the name `where`.

    `under` is the setting that an object inside belongs to; its faults are that setting's.
    """

    def __init__(self, data: Any, where: str, faults: list[Fault], *, under: str = "") -> None:
        self.where, self.faults, self.under = where, faults, under
        self.seen: set[str] = set()
        if isinstance(data, Mapping):
            self.data: Mapping[Any, Any] = data
        else:
            self.data = {}
            self.fault("", _("This is no object."))

    def fault(self, option: str, message: str | Promise, **params: Any) -> None:
        """Put something on the list."""
        self.faults.append(Fault(self.where, self.under or option, message, params))

    def take(self, key: str) -> Any:
        """The value of `key` as it is, None if it is absent."""
        self.seen.add(key)
        return self.data.get(key)

    def done(self) -> None:
        """Everything else is a fault: an option that nobody reads would only seem to work."""
        for key in self.data:
            if key not in self.seen:
                self.fault(str(key)[:40], _("There is no such setting here."))

    def text(self, key: str, *, most: int, needed: bool = False, lines: bool = False) -> str:
        """A text of at most `most` characters."""
        value = self.take(key)
        if value is None:
            value = ""
        if not isinstance(value, str):
            self.fault(key, _("This must be a text."))
            return ""
        value = tidy(value, lines=lines)
        if has_unwanted(value):
            self.fault(key, _("This holds characters that cannot be shown."))
            return ""
        if len(value) > most:
            self.fault(key, _("Longer than {most} characters."), most=most)
            return ""
        if needed and not value:
            self.fault(key, _("Fill this in."))
        return value

    def words(
        self, key: str, *, most: int = LABEL_LONGEST, needed: bool = False, lines: bool = False
    ) -> Words:
        """A text in Chinese and, if there is one, in English."""
        value = self.take(key)
        if value is None:
            value = {}
        if not isinstance(value, Mapping):
            self.fault(key, _("This must be a text in Chinese (zh) and English (en)."))
            return Words()
        inner = Reader(value, self.where, self.faults, under=self.under or key)
        zh = inner.text("zh", most=most, lines=lines)
        en = inner.text("en", most=most, lines=lines)
        inner.done()
        if needed and not zh:
            self.fault(key, _("A Chinese text is needed."))
        return Words(zh, en)

    def name(self, key: str = "name") -> str:
        """A name: small letters, digits and single underscores."""
        value = self.take(key)
        if not isinstance(value, str) or len(value) > NAME_LONGEST or not NAME.fullmatch(value):
            self.fault(
                key, _("A name has small letters, digits and single underscores, and begins with a letter.")
            )
            return ""
        return value

    def flag(self, key: str, *, default: bool = False) -> bool:
        """True or false."""
        value = self.take(key)
        if value is None:
            return default
        if not isinstance(value, bool):
            self.fault(key, _("This must be true or false."))
            return default
        return value

    def integer(self, key: str, *, least: int, most: int, default: int) -> int:
        """A whole number."""
        value = self.take(key)
        if value is None:
            return default
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            self.fault(key, _("This must be a whole number from {least} to {most}."), least=least, most=most)
            return default
        return value

    def decimal(self, key: str, *, places: int, limit: Decimal) -> Decimal | None:
        """A number, written as a number or as a text."""
        value = self.take(key)
        if value is None or value == "":
            return None
        if isinstance(value, (int, float, str)) and not isinstance(value, bool) and len(str(value)) <= 40:
            try:
                number = Decimal(str(value).strip())
            except InvalidOperation:
                number = Decimal("NaN")
            if number.is_finite() and abs(number) <= limit and -number.as_tuple().exponent <= places:  # type: ignore[operator]
                return number
        self.fault(key, _("This must be a number with at most {places} decimal places."), places=places)
        return None

    def one_of(self, key: str, allowed: Collection[str], *, default: str) -> str:
        """One of a few words."""
        value = self.take(key)
        if value is None:
            return default
        if not isinstance(value, str) or value not in allowed:
            self.fault(key, _("Only one of these can be used: {allowed}."), allowed=", ".join(allowed))
            return default
        return value

    def list_of(self, key: str, *, most: int) -> list[Any]:
        """A list of at most `most` things."""
        value = self.take(key)
        if value is None:
            return []
        if not isinstance(value, list):
            self.fault(key, _("This must be a list."))
            return []
        if len(value) > most:
            self.fault(key, _("There can be at most {most} here."), most=most)
            return []
        return value

    def expression(self, key: str, *, needed: bool = False) -> Expression | None:
        """A condition or a calculation; which names it may use is checked once all are known."""
        text = self.text(key, most=10_000)
        if not text:
            if needed and not any(each.where == self.where and each.option == key for each in self.faults):
                self.fault(key, _("Fill this in."))
            return None
        try:
            return expression_read(text)
        except ExpressionError as error:
            self.fault(key, error.message, **error.params)
            return None
