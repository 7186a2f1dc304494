"""What can be done to a definition: (JSON, action) -> JSON. Nothing that is given is changed.

An act may not add faults: a field that others compute with cannot be taken away, a name cannot be used twice. A
definition that has faults already (it was written by hand) may be put right step by step.
"""

import copy
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from asp.forms.definition.model import FORMAT
from asp.forms.definition.reader import NAME_LONGEST
from asp.forms.definition.reading import examine
from asp.forms.errors import DefinitionError, Fault
from asp.forms.expressions import rename
from asp.forms.kinds import KINDS
from asp.ui.errors import UserFacingError

Data = dict[str, Any]


class NotThere(UserFacingError):
    """The field was taken away in the meantime."""

    status = 409
    code = "forms.not_there"
    message = _("This field is not there any more. Load the page again.")


class NotPossible(UserFacingError):
    """The act makes no sense here."""

    code = "forms.not_possible"
    message = _("That is not possible here.")


class SectionNotEmpty(UserFacingError):
    """Fields would go with it."""

    code = "forms.section_not_empty"
    message = _("There are fields in this section. Move or delete them first.")


@dataclass(frozen=True)
class Edited:
    """The new definition, and what is selected now: a field's path (`amount`, `items.price`) or `§section`."""

    data: Data
    at: str = ""


def blank(title: str, title_en: str = "") -> Data:
    """A definition without fields."""
    section = {"name": "main", "title": {"zh": "", "en": ""}, "fields": []}
    return {"format": FORMAT, "title": {"zh": title, "en": title_en}, "sections": [section]}


def apply(data: Data, action: Mapping[str, Any]) -> Edited:
    """Do `action`: {"do": name, "at": path, …}. Raises DefinitionError for new faults, and UserFacingErrors.

    field_add (kind; at: a section, a field after which it comes, or a table for a column), field_change (settings: all
    of a field's JSON), field_up, field_down, field_copy, field_delete, section_add, section_change (settings),
    section_up, section_down, section_delete, form_change (settings: title and help).
    """
    act = _ACTS.get(str(action.get("do", "")))
    if act is None:
        raise NotPossible
    new = copy.deepcopy(data)
    at = act(new, str(action.get("at", "")), action)
    _no_new_faults(data, new)
    return Edited(new, at)


def _no_new_faults(old: Data, new: Data) -> None:
    known = {each.key for each in examine(old)[1]}
    fresh = tuple(each for each in examine(new)[1] if each.key not in known)
    if fresh:
        raise DefinitionError(fresh)


# ----- finding


def sections_of(data: Data) -> list[Data]:
    """The sections that can be worked on; a broken definition may hold others."""
    found = data.get("sections")
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def fields_of(holder: Data, key: str = "fields") -> list[Data]:
    """The fields of a section, or the columns of a table."""
    found = holder.get(key)
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def field_find(data: Data, path: str) -> Data | None:
    """A field or column by its path."""
    place = _place(data, path)
    return place[0][place[1]] if place else None


def section_find(data: Data, name: str) -> Data | None:
    """A section by its name."""
    return next((each for each in sections_of(data) if each.get("name") == name), None)


def _place(data: Data, path: str) -> tuple[list[Data], int] | None:
    name, _dot, column = path.partition(".")
    for section in sections_of(data):
        fields = section.setdefault("fields", [])
        for index, each in enumerate(fields):
            if not isinstance(each, dict) or each.get("name") != name:
                continue
            if not column:
                return fields, index
            columns = each.setdefault("columns", [])
            for place, one in enumerate(columns):
                if isinstance(one, dict) and one.get("name") == column:
                    return columns, place
    return None


def _found(data: Data, path: str) -> tuple[list[Data], int]:
    place = _place(data, path)
    if place is None:
        raise NotThere
    return place


def _names(data: Data) -> Iterator[str]:
    for section in sections_of(data):
        for each in fields_of(section):
            yield str(each.get("name", ""))


def _free(base: str, taken: set[str]) -> str:
    """`base`, or `base2`, `base3` … that nobody has; a number at its end counts on."""
    if base not in taken:
        return base
    stem = re.sub(r"\d+$", "", base)[: NAME_LONGEST - 4] or "field"
    number = 2
    while f"{stem}{number}" in taken:
        number += 1
    return f"{stem}{number}"


# ----- fields


def _field_add(data: Data, at: str, action: Mapping[str, Any]) -> str:
    code = str(action.get("kind", ""))
    if code not in KINDS:
        raise NotPossible
    if at.startswith("§"):
        section = section_find(data, at[1:])
        if section is None:
            raise NotThere
        fields = section.setdefault("fields", [])
        return _insert(fields, len(fields), _new(code, set(_names(data))), "")
    if action.get("column"):
        fields, index = _found(data, at)
        table = fields[index]
        if table.get("kind") != "table" or not KINDS[code].column:
            raise NotPossible
        columns = table.setdefault("columns", [])
        return _insert(columns, len(columns), _new(code, {str(each.get("name")) for each in columns}), at)
    if at:
        fields, index = _found(data, at)
        return _insert(fields, index + 1, _new(code, set(_names(data))), "")
    sections = sections_of(data)
    if not sections:
        data["sections"] = sections = [{"name": "main", "title": {"zh": "", "en": ""}, "fields": []}]
    fields = sections[-1].setdefault("fields", [])
    return _insert(fields, len(fields), _new(code, set(_names(data))), "")


def _insert(fields: list[Data], index: int, each: Data, table: str) -> str:
    fields.insert(index, each)
    return f"{table}.{each['name']}" if table else str(each["name"])


def _new(code: str, taken: set[str]) -> Data:
    """A field of a kind as it first stands there: it can be used as it is."""
    each: Data = {"name": _free(f"{code}1", taken), "kind": code, "label": _both(KINDS[code].title)}
    if code == "choice":
        each["options"] = [
            {"value": f"o{number}", "label": _both(_("Option {n}"), n=number)} for number in (1, 2)
        ]
    elif code == "computed":
        each["expression"] = "0"
    elif code == "note":
        each["text"] = {"zh": "", "en": ""}
    elif code == "table":
        each["columns"] = [{"name": "text1", "kind": "text", "label": _both(KINDS["text"].title)}]
    return each


def _both(text: Any, **params: Any) -> Data:
    """A text in both languages."""
    found = {}
    for key, language in (("zh", "zh-hans"), ("en", "en")):
        with override(language):
            found[key] = str(text).format(**params)
    return found


def _field_change(data: Data, at: str, action: Mapping[str, Any]) -> str:
    fields, index = _found(data, at)
    settings = action.get("settings")
    if not isinstance(settings, dict):
        raise NotPossible
    old, new = fields[index], copy.deepcopy(settings)
    if "columns" in old and "columns" not in new:
        new["columns"] = old["columns"]
    fields[index] = new
    before, after = str(old.get("name", "")), str(new.get("name", ""))
    table = at.partition(".")[0] if "." in at else ""
    if before and after and before != after:
        if after in {str(each.get("name")) for each in fields if each is not new}:
            raise DefinitionError((Fault(at, "name", _("Two fields have this name.")),))
        _renamed(data, table, before, after)
        _sums(data, table, lambda name: after if name == before else name)
        new["was"] = [each for each in [*new.get("was", []), before] if each != after][-5:]
    return f"{table}.{after}" if table else after


def _sums(data: Data, table: str, named: Callable[[str], str]) -> None:
    """Sums follow their columns; those without one go."""
    found = field_find(data, table) if table else None
    if found and isinstance(found.get("sums"), list):
        found["sums"] = [new for new in map(named, found["sums"]) if new]


def _renamed(data: Data, table: str, before: str, after: str) -> None:
    """Write the new name in every condition and calculation, and the names that are made of it."""
    if table:
        pairs = {f"{table}_{before}": f"{table}_{after}"}
    else:
        pairs = {before: after}
        for end in ("from", "to", "days"):
            pairs[f"{before}_{end}"] = f"{after}_{end}"
        renamed = field_find(data, after)
        for column in fields_of(renamed or {}, "columns"):
            pairs[f"{before}_{column.get('name')}"] = f"{after}_{column.get('name')}"
    for section in sections_of(data):
        _rename_in(section, pairs)
        for each in fields_of(section):
            _rename_in(each, pairs)
            inside = {str(one.get("name")) for one in fields_of(each, "columns")}
            for column in fields_of(each, "columns"):
                own = {before: after} if table and each.get("name") == table else {}
                # In a row the names of its columns come first.
                _rename_in(column, {**{old: new for old, new in pairs.items() if old not in inside}, **own})


def _rename_in(holder: Data, pairs: Mapping[str, str]) -> None:
    for key in ("when", "expression"):
        text = holder.get(key)
        if isinstance(text, str):
            for old, new in pairs.items():
                text = rename(text, old, new)
            holder[key] = text


def _field_up(data: Data, at: str, _action: Mapping[str, Any]) -> str:
    fields, index = _found(data, at)
    if index:
        fields[index - 1], fields[index] = fields[index], fields[index - 1]
        return at
    return _over(data, at, fields, step=-1)


def _field_down(data: Data, at: str, _action: Mapping[str, Any]) -> str:
    fields, index = _found(data, at)
    if index < len(fields) - 1:
        fields[index + 1], fields[index] = fields[index], fields[index + 1]
        return at
    return _over(data, at, fields, step=1)


def _over(data: Data, at: str, fields: list[Data], *, step: int) -> str:
    """Into the section before or after; the ends of the form stay where they are."""
    if "." in at:
        return at
    sections = sections_of(data)
    here = next(index for index, each in enumerate(sections) if each.get("fields") is fields)
    if 0 <= here + step < len(sections):
        each = fields.pop(0 if step < 0 else -1)
        target = sections[here + step].setdefault("fields", [])
        target.insert(len(target) if step < 0 else 0, each)
    return at


def _field_copy(data: Data, at: str, _action: Mapping[str, Any]) -> str:
    fields, index = _found(data, at)
    table = at.partition(".")[0] if "." in at else ""
    each = copy.deepcopy(fields[index])
    taken = {str(one.get("name")) for one in fields} if table else set(_names(data))
    each["name"] = _free(str(each.get("name", "")) or "field", taken)
    each.pop("was", None)
    return _insert(fields, index + 1, each, table)


def _field_delete(data: Data, at: str, _action: Mapping[str, Any]) -> str:
    fields, index = _found(data, at)
    gone = fields.pop(index).get("name")
    table = at.partition(".")[0] if "." in at else ""
    _sums(data, table, lambda name: "" if name == gone else name)
    near = fields[min(index, len(fields) - 1)] if fields else None
    if near is None:
        return table
    return f"{table}.{near.get('name')}" if table else str(near.get("name"))


# ----- sections and the form


def _section_at(data: Data, at: str) -> tuple[list[Data], int]:
    sections = data.get("sections")
    for index, each in enumerate(sections if isinstance(sections, list) else ()):
        if isinstance(each, dict) and f"§{each.get('name')}" == at:
            return sections, index  # type: ignore[return-value]
    raise NotThere


def _section_add(data: Data, _at: str, _action: Mapping[str, Any]) -> str:
    sections = data.get("sections")
    if not isinstance(sections, list):
        data["sections"] = sections = []
    name = _free("section1", {str(each.get("name")) for each in sections_of(data)})
    sections.append({"name": name, "title": _both(_("New section")), "fields": []})
    return f"§{name}"


def _section_change(data: Data, at: str, action: Mapping[str, Any]) -> str:
    sections, index = _section_at(data, at)
    settings = action.get("settings")
    if not isinstance(settings, dict):
        raise NotPossible
    new = {
        **copy.deepcopy(settings),
        "name": sections[index].get("name"),
        "fields": sections[index].get("fields", []),
    }
    sections[index] = {key: value for key, value in new.items() if value not in (None, "")}
    return at


def _section_up(data: Data, at: str, _action: Mapping[str, Any]) -> str:
    sections, index = _section_at(data, at)
    if index:
        sections[index - 1], sections[index] = sections[index], sections[index - 1]
    return at


def _section_down(data: Data, at: str, _action: Mapping[str, Any]) -> str:
    sections, index = _section_at(data, at)
    if index < len(sections) - 1:
        sections[index + 1], sections[index] = sections[index], sections[index + 1]
    return at


def _section_delete(data: Data, at: str, _action: Mapping[str, Any]) -> str:
    sections, index = _section_at(data, at)
    if sections[index].get("fields"):
        raise SectionNotEmpty
    del sections[index]
    return ""


def _form_change(data: Data, _at: str, action: Mapping[str, Any]) -> str:
    settings = action.get("settings")
    if not isinstance(settings, dict):
        raise NotPossible
    data.update({key: copy.deepcopy(settings[key]) for key in ("title", "help") if key in settings})
    return ""


_ACTS: dict[str, Callable[[Data, str, Mapping[str, Any]], str]] = {
    "field_add": _field_add,
    "field_change": _field_change,
    "field_up": _field_up,
    "field_down": _field_down,
    "field_copy": _field_copy,
    "field_delete": _field_delete,
    "section_add": _section_add,
    "section_change": _section_change,
    "section_up": _section_up,
    "section_down": _section_down,
    "section_delete": _section_delete,
    "form_change": _form_change,
}
