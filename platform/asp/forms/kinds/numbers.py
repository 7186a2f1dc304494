"""Numbers (数字) and amounts of money (金额). Stored as texts, because JSON's numbers are no decimals."""

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from asp.forms.capital import capital_figures
from asp.forms.errors import Invalid
from asp.forms.kinds.base import Columns, Context, Kind
from asp.forms.words import Words

if TYPE_CHECKING:
    from asp.forms.definition.model import Field
    from asp.forms.definition.reader import Reader

LIMIT = Decimal("999999999999999.99")
MOST_PLACES = 6
STORED = r"^-?(0|[1-9]\d{0,14})(\.\d{1,6})?$"
_TYPED = re.compile(r"[+-]?(\d{1,15}|\d{1,3}(,\d{3}){1,4})(\.\d{0,10})?|[+-]?\.\d{1,10}", re.ASCII)


@dataclass(frozen=True)
class NumberOptions:
    """Decimal places, bounds, unit; of money, whether capital figures stand under it."""

    decimals: int = 0
    least: Decimal | None = None
    most: Decimal | None = None
    unit: Words = Words()
    capital: bool = False


def typed(text: str) -> Decimal:
    """A number as people type it: 1,234.5, １２３, ￥100, 5元. Raises Invalid."""
    plain = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).replace("−", "-")
    plain = re.sub(r"^[¥$]|元$", "", plain)
    if not _TYPED.fullmatch(plain):
        raise Invalid(_("Write a number, for example 1234.5."))
    return Decimal(plain.replace(",", ""))


def stored(number: Decimal, places: int | None = None) -> str:
    """A number as it is stored: no exponent; `places` decimal places, or as few as it takes."""
    if places is None:
        number = number.normalize()
        if number.as_tuple().exponent > 0:  # type: ignore[operator]
            number = number.quantize(Decimal(1))
    else:
        number = number.quantize(Decimal(1).scaleb(-places))
    return f"{number + 0:f}" if number else f"{abs(number):f}"


def grouped(number: Decimal) -> str:
    """A number for people: 1,234.50."""
    return f"{number:,f}"


class Number(Kind):
    """A decimal with a unit."""

    code = "number"
    title = pgettext_lazy("kind of field", "Number")
    icon = "number"
    column = True
    width = "half"

    def read(self, reader: "Reader", columns: Columns) -> NumberOptions:
        """`decimals`, `min`, `max`, `unit`."""
        del columns
        places = reader.integer("decimals", least=0, most=MOST_PLACES, default=0)
        return self._bounds(reader, NumberOptions(decimals=places, unit=reader.words("unit", most=20)))

    def _bounds(self, reader: "Reader", options: NumberOptions) -> NumberOptions:
        least = reader.decimal("min", places=options.decimals, limit=LIMIT)
        most = reader.decimal("max", places=options.decimals, limit=LIMIT)
        if least is not None and most is not None and least > most:
            reader.fault("max", _("The largest value is smaller than the smallest one."))
        return NumberOptions(options.decimals, least, most, options.unit, options.capital)

    def read_initial(self, reader: "Reader", options: NumberOptions) -> str | None:
        """A number that stands there from the start."""
        number = reader.decimal("initial", places=options.decimals, limit=LIMIT)
        return None if number is None else self._stored(number, options)

    def _stored(self, number: Decimal, options: NumberOptions) -> str:
        del options
        return stored(number)

    def schema(self, each: "Field") -> dict[str, Any]:
        """A decimal as a text."""
        del each
        return {"type": "string", "pattern": STORED}

    def clean(self, each: "Field", raw: str, context: Context) -> str:
        """The number within its bounds."""
        del context
        options: NumberOptions = each.options
        number = typed(raw)
        if number != number.quantize(Decimal(1).scaleb(-options.decimals)):
            if options.decimals:
                raise Invalid(_("At most {places} decimal places."), places=options.decimals)
            raise Invalid(_("Write a whole number."))
        if abs(number) > LIMIT:
            raise Invalid(_("This number is too large."))
        if options.least is not None and number < options.least:
            raise Invalid(_("At least {least}."), least=grouped(options.least))
        if options.most is not None and number > options.most:
            raise Invalid(_("At most {most}."), most=grouped(options.most))
        return self._stored(number, options)

    def values(self, each: "Field", value: Any) -> dict[str, Any]:
        """A decimal."""
        return {each.name: None if value is None else Decimal(value)}

    def text(self, each: "Field", value: Any, context: Context) -> str:
        """With its unit."""
        del context
        if value is None:
            return ""
        unit = each.options.unit.text
        return f"{grouped(Decimal(value))} {unit}" if unit else grouped(Decimal(value))


class Money(Number):
    """Yuan with two decimal places; at least zero unless the definition says otherwise."""

    code = "money"
    title = _("Amount of money")
    icon = "receipt"
    column = True
    width = "half"

    def read(self, reader: "Reader", columns: Columns) -> NumberOptions:
        """`min`, `max`, `capital`."""
        del columns
        options = self._bounds(
            reader, NumberOptions(decimals=2, capital=reader.flag("capital", default=True))
        )
        least = options.least if options.least is not None else min(Decimal(0), options.most or Decimal(0))
        return NumberOptions(2, least, options.most, options.unit, options.capital)

    def _stored(self, number: Decimal, options: NumberOptions) -> str:
        return stored(number, options.decimals)

    def lively(self, each: "Field") -> bool:
        """Its capital figures follow it."""
        return bool(each.options.capital) and not each.table

    def text(self, each: "Field", value: Any, context: Context) -> str:
        """With the sign of the currency."""
        del each, context
        return "" if value is None else money_text(Decimal(value))


def money_text(amount: Decimal) -> str:
    """￥1,234.50."""
    return f"{'-' if amount < 0 else ''}￥{abs(amount):,.2f}"


def capital_text(value: Any) -> str:
    """The capital figures of a stored amount; nothing if there is none."""
    return capital_figures(Decimal(value)) if value is not None else ""
