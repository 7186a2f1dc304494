"""What nobody fills in: computed fields (计算字段) and notes (说明文字)."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from asp.forms.expressions import Expression
from asp.forms.kinds.base import Columns, Context, Kind
from asp.forms.kinds.numbers import LIMIT, MOST_PLACES, STORED, grouped, money_text, stored
from asp.forms.words import Words

if TYPE_CHECKING:
    from asp.forms.definition.model import Field
    from asp.forms.definition.reader import Reader

RESULTS = ("number", "money", "yes_no")
NOTE_LONGEST = 4000


@dataclass(frozen=True)
class ComputedOptions:
    """The calculation, and what its result is."""

    expression: Expression | None = None
    result: str = "number"
    decimals: int = 0
    unit: Words = Words()
    capital: bool = False


class Computed(Kind):
    """Stored like the kind of its result; the server alone writes it."""

    code = "computed"
    title = _("Computed")
    icon = "settings-2"
    asks = False
    column = True
    width = "half"

    def read(self, reader: "Reader", columns: Columns) -> ComputedOptions:
        """`expression`, `result`, `decimals`, `unit`, `capital`."""
        del columns
        expression = reader.expression("expression", needed=True)
        result = reader.one_of("result", RESULTS, default="number")
        places = reader.integer("decimals", least=0, most=MOST_PLACES, default=0)
        if result == "money":
            places = 2
        return ComputedOptions(
            expression,
            result,
            places,
            reader.words("unit", most=20),
            reader.flag("capital", default=result == "money"),
        )

    def schema(self, each: "Field") -> dict[str, Any]:
        """As its result."""
        if each.options.result == "yes_no":
            return {"type": "boolean"}
        return {"type": "string", "pattern": STORED}

    def result(self, each: "Field", found: Any) -> Any:
        """What is stored of a result; of the wrong type, or too large, it is absent."""
        options: ComputedOptions = each.options
        if options.result == "yes_no":
            return found if isinstance(found, bool) else None
        if not isinstance(found, Decimal) or abs(found) > LIMIT:
            return None
        rounded = found.quantize(Decimal(1).scaleb(-options.decimals), rounding=ROUND_HALF_UP)
        return stored(rounded, options.decimals) if options.result == "money" else stored(rounded)

    def values(self, each: "Field", value: Any) -> dict[str, Any]:
        """A decimal, or true or false."""
        if value is None or isinstance(value, bool):
            return {each.name: value}
        return {each.name: Decimal(value)}

    def text(self, each: "Field", value: Any, context: Context) -> str:
        """As its result."""
        del context
        if value is None:
            return ""
        if isinstance(value, bool):
            return pgettext("answer", "Yes") if value else pgettext("answer", "No")
        if each.options.result == "money":
            return money_text(Decimal(value))
        unit = each.options.unit.text
        return f"{grouped(Decimal(value))} {unit}" if unit else grouped(Decimal(value))


@dataclass(frozen=True)
class NoteOptions:
    """What it says."""

    text: Words = Words()


class Note(Kind):
    """Text between the fields; it has no value."""

    code = "note"
    title = _("Note")
    icon = "info-circle"
    asks = False
    stores = False

    def read(self, reader: "Reader", columns: Columns) -> NoteOptions:
        """`text`."""
        del columns
        return NoteOptions(reader.words("text", most=NOTE_LONGEST, lines=True))

    def provides(self, each: "Field") -> tuple[str, ...]:
        """Nothing to compute with."""
        del each
        return ()

    def values(self, each: "Field", value: Any) -> dict[str, Any]:
        """Nothing."""
        del each, value
        return {}
