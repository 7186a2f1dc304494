"""From JSON to a `Definition`: every fault is found in one go, so that nobody has to try again and again."""

import keyword
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from asp.forms import kinds
from asp.forms.definition import ordering
from asp.forms.definition.model import (
    FORMAT,
    MOST_COLUMNS,
    MOST_FIELDS,
    MOST_SECTIONS,
    RESERVED,
    WIDTHS,
    Definition,
    Field,
    Section,
)
from asp.forms.definition.reader import HELP_LONGEST, NAME, Reader
from asp.forms.errors import DefinitionError, Fault
from asp.forms.expressions import FUNCTIONS

MOST_FORMER_NAMES = 5


def read(data: Any) -> Definition:
    """Read format 1 of the JSON. Raises DefinitionError."""
    definition, faults = examine(data)
    if faults or definition is None:
        raise DefinitionError(tuple(faults))
    return definition


def examine(data: Any) -> tuple[Definition | None, list[Fault]]:
    """What could be read, and everything that is wrong. Without faults there is a definition."""
    faults: list[Fault] = []
    reader = Reader(data, "", faults)
    if reader.take("format") != FORMAT:
        reader.fault("format", _("This is not written in format {format}."), format=FORMAT)
        return None, faults
    title = reader.words("title", needed=True)
    help_text = reader.words("help", most=HELP_LONGEST, lines=True)
    found = reader.list_of("sections", most=MOST_SECTIONS)
    reader.done()
    if _too_many(found):
        reader.fault("sections", _("A form has at most {most} fields."), most=MOST_FIELDS)
        return None, faults
    sections = tuple(_section(each, number, faults) for number, each in enumerate(found, start=1))
    _check_names(sections, faults)
    definition = Definition(title=title, help=help_text, sections=sections)
    order = ordering.check(definition, faults)
    if faults:
        return None, faults
    return Definition(title=title, help=help_text, sections=sections, order=order), faults


def _too_many(sections: list[Any]) -> bool:
    """Counts before anything is read, so that a hostile definition costs little."""
    total = 0
    for section in sections:
        fields = section.get("fields") if isinstance(section, dict) else None
        for each in fields if isinstance(fields, list) else ():
            columns = each.get("columns") if isinstance(each, dict) else None
            total += 1 + (len(columns) if isinstance(columns, list) else 0)
            if total > MOST_FIELDS:
                return True
    return False


def _section(data: Any, number: int, faults: list[Fault]) -> Section:
    raw = data.get("name") if isinstance(data, dict) else None
    reader = Reader(data, raw if isinstance(raw, str) and raw else f"#{number}", faults)
    name = reader.name()
    title = reader.words("title")
    help_text = reader.words("help", most=HELP_LONGEST, lines=True)
    when = reader.expression("when")
    fields = reader.list_of("fields", most=MOST_FIELDS)
    reader.done()
    places = enumerate(fields, start=1)
    return Section(name, title, help_text, when, tuple(_field(each, place, faults) for place, each in places))


def _field(data: Any, number: int, faults: list[Fault], table: str = "") -> Field:
    raw = data.get("name") if isinstance(data, dict) else None
    own = raw[:60] if isinstance(raw, str) and raw else f"#{number}"
    reader = Reader(data, f"{table}.{own}" if table else own, faults)
    name = reader.name()
    code = reader.take("kind")
    kind = kinds.KINDS.get(code) if isinstance(code, str) else None
    if kind is None:
        reader.fault("kind", _("There is no such kind of field."))
        return Field(name=name, kind="note", label=reader.words("label"), table=table)
    if table and not kind.column:
        reader.fault("kind", _("Columns of a table cannot be of this kind."))
    label = reader.words("label", needed=True)
    help_text = reader.words("help", most=HELP_LONGEST, lines=True)
    required = reader.flag("required") if kind.asks else False
    when, width = None, "full"
    if not table:
        when = reader.expression("when")
        width = reader.one_of("width", WIDTHS, default=kind.width)
    was = _former(reader)
    options = kind.read(reader, _columns)
    order = ordering.rows(options, reader) if code == "table" else ()
    initial = kind.read_initial(reader, options) if kind.asks and not table else None
    reader.done()
    return Field(
        name=name,
        kind=kind.code,
        label=label,
        help=help_text,
        width=width,
        required=required,
        when=when,
        initial=initial,
        was=was,
        options=options,
        table=table,
        order=order,
    )


def _columns(reader: Reader) -> tuple[Field, ...]:
    found = reader.list_of("columns", most=MOST_COLUMNS)
    if not found:
        reader.fault("columns", _("A table needs a column."))
    table = reader.where
    columns = tuple(_field(each, number, reader.faults, table) for number, each in enumerate(found, start=1))
    _check_unique(((each.name, each.path, each.was) for each in columns), reader.faults)
    return columns


def _former(reader: Reader) -> tuple[str, ...]:
    """Names that the field had in earlier versions, so that its values can be carried over."""
    found = reader.list_of("was", most=MOST_FORMER_NAMES)
    if not all(isinstance(each, str) and NAME.fullmatch(each) for each in found):
        reader.fault(
            "was", _("A name has small letters, digits and single underscores, and begins with a letter.")
        )
        return ()
    return tuple(found)


def _check_names(sections: Iterable[Section], faults: list[Fault]) -> None:
    sections = list(sections)
    names = [each.name for each in sections if each.name]
    for name in {each for each in names if names.count(each) > 1}:
        faults.append(Fault(name, "name", _("Two sections have this name.")))
    fields = [each for section in sections for each in section.fields]
    _check_unique(((each.name, each.path, each.was) for each in fields), faults)
    given: dict[str, str] = {each.name: each.name for each in fields}
    for each in fields:
        for name in kinds.kind_of(each).provides(each):
            if name != each.name and given.setdefault(name, each.name) != each.name:
                faults.append(Fault(each.name, "name", _("The name {name}, which this field gives to calculations, is taken."), {"name": name}))  # fmt: skip


def _check_unique(fields: Iterable[tuple[str, str, tuple[str, ...]]], faults: list[Fault]) -> None:
    fields = list(fields)
    names = {name for name, _path, _was in fields}
    seen: set[str] = set()
    former: set[str] = set()
    for name, path, was in fields:
        if not name:
            continue
        if name in seen:
            faults.append(Fault(path, "name", _("Two fields have this name.")))
        if name in RESERVED or name in FUNCTIONS or keyword.iskeyword(name) or name.endswith("_outcome"):
            faults.append(Fault(path, "name", _("This name means something else in calculations. Choose another one.")))  # fmt: skip
        if (names | former) & set(was):
            faults.append(Fault(path, "was", _("A former name belongs to another field now.")))
        seen.add(name)
        former |= set(was)
