"""Tables (明细表): rows of simple fields, with sums under their columns."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from asp.forms.errors import Invalid
from asp.forms.expressions import evaluate
from asp.forms.kinds.base import Columns, Context, Kind, Sent
from asp.forms.kinds.computed import Computed

if TYPE_CHECKING:
    from asp.forms.definition.model import Field
    from asp.forms.definition.reader import Reader

MOST_ROWS = 200
HIGHEST_NUMBER = 9999  # rows that were taken away leave gaps in the numbers of those below
SUMMED = ("number", "money", "computed")


@dataclass(frozen=True)
class TableOptions:
    """Its columns, how many rows, and which columns have a sum."""

    columns: tuple["Field", ...] = ()
    least: int = 0
    most: int = 50
    sums: tuple[str, ...] = ()


NUMBER = "#"  # in a raw row: the number by which the page knows it


class InvalidRows(Invalid):
    """Cells that cannot be taken: (row from 0, column) -> why; `rows` is what can be taken."""

    def __init__(self, cells: Mapping[tuple[int, str], Invalid], rows: list[dict[str, Any]]) -> None:
        self.cells, self.rows = dict(cells), rows
        super().__init__(_("Something in this table is to be corrected."))


def _kind(column: "Field") -> Kind:
    from asp.forms.kinds import kind_of

    return kind_of(column)


class Table(Kind):
    """Stored as a list of rows, each an object of its filled columns."""

    code = "table"
    title = _("Table")
    icon = "table"

    def read(self, reader: "Reader", columns: Columns) -> TableOptions:
        """`columns`, `min_rows`, `max_rows`, `sums`."""
        found = columns(reader)
        least = reader.integer("min_rows", least=0, most=MOST_ROWS, default=0)
        most = reader.integer("max_rows", least=1, most=MOST_ROWS, default=max(50, least))
        if least > most:
            reader.fault("max_rows", _("The largest value is smaller than the smallest one."))
        summed = {
            each.name
            for each in found
            if each.kind in SUMMED and getattr(each.options, "result", "") != "yes_no"
        }
        sums = reader.list_of("sums", most=len(found) or 1)
        if not all(isinstance(each, str) and each in summed for each in sums):
            reader.fault("sums", _("Only columns of numbers can be added up."))
            sums = []
        return TableOptions(found, least, most, tuple(sums))

    def schema(self, each: "Field") -> dict[str, Any]:
        """Rows."""
        row = {
            "type": "object",
            "properties": {column.name: _kind(column).schema(column) for column in each.options.columns},
            "additionalProperties": False,
        }
        return {"type": "array", "items": row, "minItems": 1, "maxItems": each.options.most}

    # ----- filling in

    def accepts(self, each: "Field", rest: tuple[str, ...]) -> bool:
        """`.row.column`."""
        if len(rest) < 2 or not (rest[0].isascii() and rest[0].isdigit()) or len(rest[0]) > 4:
            return False
        column = next((one for one in each.options.columns if one.name == rest[1]), None)
        return column is not None and _kind(column).asks and _kind(column).accepts(column, rest[2:])

    def repeats(self, each: "Field") -> bool:
        """Columns may be choices of several; single ones are looked at cell by cell."""
        return any(_kind(column).repeats(column) for column in each.options.columns)

    def gather(self, each: "Field", sent: Sent) -> list[dict[str, Any]]:
        """Rows with something in them, in the order of their numbers."""
        numbers: dict[int, dict[str, dict[tuple[str, ...], list[str]]]] = {}
        for (number, column, *rest), values in sent.items():
            numbers.setdefault(int(number), {}).setdefault(column, {})[tuple(rest)] = values
        asked = [column for column in each.options.columns if _kind(column).asks]
        rows = []
        for place, cells in sorted(numbers.items()):
            row = {one.name: _kind(one).gather(one, cells.get(one.name, {})) for one in asked}
            if not all(_kind(one).is_blank(row[one.name]) for one in asked):
                rows.append({NUMBER: str(place), **row})
        return rows

    def raw(self, each: "Field", value: Any) -> list[dict[str, Any]]:
        """The same."""
        asked = [column for column in each.options.columns if _kind(column).asks]
        return [
            {NUMBER: str(number), **{one.name: _kind(one).raw(one, row.get(one.name)) for one in asked}}
            for number, row in enumerate(value or [])
        ]

    def clean(self, each: "Field", raw: list[dict[str, Any]], context: Context) -> list[dict[str, Any]]:
        """Every cell; what is wrong with any is said at once."""
        if len(raw) > each.options.most:
            raise Invalid(_("At most {most} rows."), most=each.options.most)
        wrong: dict[tuple[int, str], Invalid] = {}
        rows = []
        for number, cells in enumerate(raw):
            row = {}
            for column in each.options.columns:
                kind = _kind(column)
                if not kind.asks or kind.is_blank(cells[column.name]):
                    continue
                try:
                    row[column.name] = kind.clean(column, cells[column.name], context)
                except Invalid as error:
                    wrong[number, column.name] = error
            rows.append(row)
        if wrong:
            raise InvalidRows(wrong, rows)
        return rows

    def check_complete(self, each: "Field", value: Any) -> None:
        """Enough rows, and in each what it must have."""
        if len(value or []) < each.options.least and (value or each.required):
            raise Invalid(_("At least {least} rows."), least=each.options.least)
        wrong: dict[tuple[int, str], Invalid] = {}
        for number, row in enumerate(value or []):
            for column in each.options.columns:
                confirmed = column.kind != "yes_no" or not column.options.confirm or row.get(column.name)
                if column.required and (row.get(column.name) is None or not confirmed):
                    wrong[number, column.name] = _kind(column).missing(column)
        if wrong:
            raise InvalidRows(wrong, list(value))

    def missing(self, each: "Field") -> Invalid:
        """Rows, not words."""
        del each
        return Invalid(_("Fill in a row."))

    # ----- computing and showing

    def compute(self, each: "Field", value: Any, names: Mapping[str, Any]) -> Any:
        """The rows with their computed columns. `names` are those of the form around it."""
        if not value or not each.order:
            return value
        computed = {column.name: column for column in each.options.columns if column.kind == "computed"}
        rows = []
        for row in value:
            cells = {key: cell for key, cell in row.items() if key not in computed}
            known = dict(names)
            for column in each.options.columns:
                known.update(_kind(column).values(column, cells.get(column.name)))
            for name in each.order:
                column = computed[name]
                result = Computed().result(column, evaluate(column.options.expression, known))
                known[name] = Computed().values(column, result)[name]
                if result is not None:
                    cells[name] = result
            rows.append(cells)
        return rows

    def lively(self, each: "Field") -> bool:
        """Sums and computed columns follow it."""
        return bool(each.options.sums or each.order)

    def provides(self, each: "Field") -> tuple[str, ...]:
        """`items` for the number of rows, `items_price` for the list of a column."""
        return (each.name, *(f"{each.name}_{column.name}" for column in each.options.columns))

    def values(self, each: "Field", value: Any) -> dict[str, Any]:
        """The number of rows, and a list for each column."""
        found: dict[str, Any] = {each.name: Decimal(len(value)) if value else None}
        for column in each.options.columns:
            kind = _kind(column)
            found[f"{each.name}_{column.name}"] = [
                kind.values(column, row.get(column.name))[column.name] for row in value or []
            ]
        return found

    def sums(self, each: "Field", value: Any) -> dict[str, Decimal]:
        """The sums of the columns that have one."""
        return {
            name: sum((Decimal(row[name]) for row in value or [] if row.get(name) is not None), Decimal(0))
            for name in each.options.sums
        }

    def refers(self, each: "Field", raw: Any) -> Iterable[tuple[str, Any]]:
        """Columns name nobody."""
        del each, raw
        return ()

    def text(self, each: "Field", value: Any, context: Context) -> str:
        """How many rows; the rows themselves are shown as a table."""
        del each, context
        return gettext("{n} rows").format(n=len(value)) if value else ""
