"""The shape of a definition once it has been read."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

from asp.forms.expressions import Expression
from asp.forms.words import Words

FORMAT: Final = 1
MOST_FIELDS: Final = 500  # columns of tables count as well
MOST_SECTIONS: Final = 100
MOST_COLUMNS: Final = 20
MOST_ROWS: Final = 200
WIDTHS: Final = ("full", "half", "third")
# What each kind of process may know besides the form, and what the language itself uses.
RESERVED: Final = frozenset({"outcome", "starter_rank", "starter", "true", "false", "none", "rows"})


@dataclass(frozen=True)
class Field:
    """One field (字段), or one column of a table. `options` is what its kind has read."""

    name: str
    kind: str
    label: Words
    help: Words = Words()
    width: str = "full"
    required: bool = False
    when: Expression | None = None
    initial: Any = None
    was: tuple[str, ...] = ()
    options: Any = None
    table: str = ""  # of a column: the table's name
    order: tuple[str, ...] = ()  # of a table: its computed columns, in the order in which they are computed

    @property
    def path(self) -> str:
        """The name by which messages and addresses mean it: `amount`, `items.price`."""
        return f"{self.table}.{self.name}" if self.table else self.name


@dataclass(frozen=True)
class Section:
    """Fields under one heading; with `when` they are asked only if it is true."""

    name: str
    title: Words
    help: Words = Words()
    when: Expression | None = None
    fields: tuple[Field, ...] = ()


@dataclass(frozen=True)
class Definition:
    """A form in one version. Make it with `Definition.read`; the caller keeps the JSON."""

    title: Words
    sections: tuple[Section, ...]
    help: Words = Words()
    order: tuple[str, ...] = field(default=(), compare=False)  # fields, each after those that it depends on

    @classmethod
    def read(cls, data: Any) -> "Definition":
        """Read format 1. Raises DefinitionError with every fault that was found."""
        from asp.forms.definition.reading import read

        return read(data)

    @cached_property
    def by_name(self) -> Mapping[str, Field]:
        """Every field that is no column, by its name."""
        return {each.name: each for section in self.sections for each in section.fields}

    @cached_property
    def section_of(self) -> Mapping[str, Section]:
        """The section in which a field stands, by the field's name."""
        return {each.name: section for section in self.sections for each in section.fields}

    @property
    def fields(self) -> Iterator[Field]:
        """Every field that is no column, in the order of the form."""
        for section in self.sections:
            yield from section.fields

    @cached_property
    def names(self) -> Mapping[str, str]:
        """What expressions may use: name -> the field that gives it."""
        from asp.forms.kinds import kind_of

        return {name: each.name for each in self.fields for name in kind_of(each).provides(each)}

    @cached_property
    def live(self) -> frozenset[str]:
        """Fields on which something else on the page depends, so that the browser asks when they change."""
        from asp.forms.kinds import kind_of

        used: set[str] = set()
        for each in self.fields:
            used |= names_used(each)
            if kind_of(each).lively(each):
                used.update(kind_of(each).provides(each))
        for section in self.sections:
            used |= section.when.names if section.when else frozenset()
        return frozenset(self.names[name] for name in used if name in self.names)

    def initial(self, *, me: Any = None) -> dict[str, Any]:
        """The values with which a new form begins. `me` is the account for person fields that begin with one's own."""
        from asp.forms.kinds import kind_of

        found = {}
        for each in self.fields:
            value = kind_of(each).begin(each, me)
            if value is not None:
                found[each.name] = value
        return found


def names_used(each: Field) -> frozenset[str]:
    """The names in a field's own condition and calculation; of a table also those of its columns' calculations."""
    used = set(each.when.names) if each.when else set()
    expression = getattr(each.options, "expression", None)
    if expression is not None:
        used |= expression.names
    columns = getattr(each.options, "columns", ())
    inside = {column.name for column in columns}
    for column in columns:
        used |= names_used(column) - inside
    return frozenset(used)
