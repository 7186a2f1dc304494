"""What templates show of a bound form: filling in, reading, printing. Values are ready; templates only place them."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.http import JsonResponse
from django.utils.translation import gettext, pgettext

from asp.forms.binding import HIDDEN, PREFIX, Bound, State
from asp.forms.definition.model import Field
from asp.forms.errors import FormRefused
from asp.forms.files import TYPES, FileInfo
from asp.forms.kinds import Context, kind_of
from asp.forms.kinds.dates import days_text
from asp.forms.kinds.numbers import capital_text
from asp.forms.kinds.tables import NUMBER, InvalidRows, Table
from asp.forms.kinds.uploads import types_text

FEW_OPTIONS = 5
PLACE = "__n__"  # stands for the number of a row in the pattern of a new one
_INPUTS = {"date": "date", "time": "time", "datetime": "datetime-local"}


def filling(bound: Bound, *, ask_url: str = "") -> dict[str, Any]:
    """The form to be filled in. `ask_url` takes what is typed and answers with `live_answer`."""
    sections = []
    for section, states in bound.sections:
        controls = [control(state, bound) for state in states]
        shown = any(each["asked"] for each in controls)
        sections.append({"section": section, "controls": controls, "shown": shown})
    return {"bound": bound, "sections": sections, "ask_url": ask_url, "help": bound.definition.help.text}


def reading(bound: Bound) -> dict[str, Any]:
    """The form to be read: what is asked, filled in or not."""
    sections = []
    for section, states in bound.sections:
        shown = [shown_value(state, bound) for state in states if state.asked]
        if shown:
            sections.append({"section": section, "fields": shown})
    return {"bound": bound, "sections": sections}


# ----- filling in


def control(state: State, bound: Bound) -> dict[str, Any]:
    """One field as its template needs it."""
    if not state.editable:
        return {**shown_value(state, bound), "shape": "value", "asked": state.asked, "matters": False}
    each = state.field
    made = _control(each, state.raw, name=f"{PREFIX}{each.name}", identifier=state.id, bound=bound)
    error = state.error
    made.update(
        label=each.label.text,
        help=each.help.text,
        width=each.width,
        required=state.required,
        asked=state.asked,
        conditional=each.when is not None or bound.definition.section_of[each.name].when is not None,
        matters=state.live,
        name=each.name,
        error=error.text if error is not None else "",
        error_id=f"{state.id}-error",
        help_id=f"{state.id}-help",
    )
    made["described"] = " ".join(
        [*([made["error_id"]] if error else []), *([made["help_id"]] if made["help"] else [])]
    )
    if each.kind == "money" and each.options.capital:
        made["note"] = capital_text(state.value)
        made["note_title"] = gettext("in words")
    elif each.kind == "period" and each.options.days is not None:
        made["note"] = days_text(each, state.value)
    elif each.kind == "table":
        _table(made, state, bound)
    elif each.kind == "attachment":
        _attachments(made, state, bound)
    made["under"] = bool(made["error"] or made["help"] or "note" in made)
    return made


def _control(each: Field, raw: Any, *, name: str, identifier: str, bound: Bound) -> dict[str, Any]:
    """The part that a column has too."""
    made: dict[str, Any] = {"field": each, "key": name, "id": identifier, "raw": raw, "shape": "line"}
    options = each.options
    if each.kind == "text":
        made["shape"] = "area" if options.multiline else "line"
        made["most"] = options.max_length
        if options.pattern is not None:
            made["mode"], made["fill"] = options.pattern.keyboard, options.pattern.fill
    elif each.kind in ("number", "money"):
        made["shape"] = "number"
        made["mode"] = "decimal" if options.decimals else "numeric"
        if options.least is None or options.least < 0:
            made["mode"] = "text"  # telephones' number pads have no minus
        made["unit"] = gettext("yuan") if each.kind == "money" else options.unit.text
    elif each.kind in _INPUTS:
        made["type"] = _INPUTS[each.kind]
    elif each.kind == "period":
        made["shape"] = "period"
    elif each.kind == "choice":
        _choice(made, each, raw)
    elif each.kind == "yes_no":
        made["shape"] = "confirm" if options.confirm else "options"
        made["options"] = _options(
            [("yes", pgettext("answer", "Yes")), ("no", pgettext("answer", "No"))], [raw], each
        )
    elif each.kind in ("person", "department"):
        made["shape"] = "lookup"
        made["many"] = options.many
        known = bound.context.entries.get(each.kind, {})
        made["chosen"] = [entry for entry in known.values() if str(entry.id) in raw]
    return made


def _choice(made: dict[str, Any], each: Field, raw: Any) -> None:
    options = [(one.value, one.label.text) for one in each.options.options]
    if each.options.multiple:
        made["shape"], made["many"] = "options", True
        made["options"] = [(value, label, value in raw) for value, label in options]
        return
    few = each.options.look == "buttons" or (each.options.look == "auto" and len(options) <= FEW_OPTIONS)
    if few and not each.table:
        made["shape"] = "options"
        made["options"] = _options(options, [raw], each)
    else:
        made["shape"] = "select"
        made["options"] = [(value, label, value == raw) for value, label in options]


def _options(options: list[tuple[str, str]], chosen: list[str], each: Field) -> list[tuple[str, str, bool]]:
    """Buttons of which one is chosen; where nothing need be, there is one for that as well."""
    made = [(value, label, value in chosen) for value, label in options]
    if not each.required:
        made.append(("", gettext("not answered"), not any(on for _value, _label, on in made)))
    return made


def _table(made: dict[str, Any], state: State, bound: Bound) -> None:
    each = state.field
    cells = state.error.cells if isinstance(state.error, InvalidRows) else {}
    blank = {column.name: kind_of(column).raw(column, None) for column in each.options.columns}
    rows = list(state.raw)
    highest = max((int(row[NUMBER]) for row in rows), default=-1)
    while len(rows) < max(each.options.least, 1):
        highest += 1
        rows.append({**blank, NUMBER: str(highest)})
    values = state.value or []
    made["shape"] = "table"
    made["rows"] = [
        _row(each, row, values[index] if index < len(values) else {}, cells, index, bound)
        for index, row in enumerate(rows)
    ]
    made["pattern"] = _row(each, {**blank, NUMBER: PLACE}, {}, {}, -1, bound)
    made["most"] = each.options.most
    made["columns"] = each.options.columns
    made["sums"] = table_sums(each, state.value)


def _row(
    each: Field, raw: dict[str, Any], value: dict[str, Any], errors: Any, index: int, bound: Bound
) -> dict[str, Any]:
    number = raw[NUMBER]
    cells = []
    for column in each.options.columns:
        identifier = f"f-{each.name}-{number}-{column.name}"
        if column.kind == "computed":
            text = kind_of(column).text(column, value.get(column.name), bound.context)
            cells.append(
                {
                    "shape": "output",
                    "id": identifier,
                    "text": text,
                    "field": column,
                    "label": column.label.text,
                }
            )
            continue
        name = f"{PREFIX}{each.name}.{number}.{column.name}"
        cell = _control(column, raw[column.name], name=name, identifier=identifier, bound=bound)
        error = errors.get((index, column.name))
        cell.update(
            label=column.label.text,
            error=error.text if error else "",
            error_id=f"{identifier}-error",
            plain=True,
        )
        cell["described"] = cell["error_id"] if error else ""
        cells.append(cell)
    return {"number": number, "cells": cells}


def table_sums(each: Field, value: Any) -> list[dict[str, str]]:
    """The line under a table: a cell for each column, empty where nothing is added up; none without sums."""
    if not each.options.sums:
        return []
    sums = Table().sums(each, value)
    line = []
    for column in each.options.columns:
        found = sums.get(column.name)
        line.append(
            {
                "id": f"f-{each.name}-sum-{column.name}" if found is not None else "",
                "text": "" if found is None else _sum_text(column, found),
                "label": column.label.text,
            }
        )
    return line


def _sum_text(column: Field, found: Decimal) -> str:
    places = column.options.decimals
    return kind_of(column).text(column, f"{found:.{places}f}", Context())


def _attachments(made: dict[str, Any], state: State, bound: Bound) -> None:
    known = bound.context.infos
    desk = bound.context.files
    made["shape"] = "files"
    made["files"] = [known[key] for key in state.raw if key in known]
    made["desk"] = desk
    made["accept"] = ",".join(TYPES[each][2] for each in state.field.options.types)
    made["most"] = state.field.options.most
    made["types"] = types_text(state.field.options)


# ----- reading and printing


def shown_value(state: State, bound: Bound) -> dict[str, Any]:
    """A field whose value is shown as text."""
    each = state.field
    shown: dict[str, Any] = {
        "field": each,
        "id": state.id,
        "name": each.name,
        "label": each.label.text,
        "help": each.help.text,
        "width": each.width,
        "kind": each.kind,
        "conditional": each.when is not None or bound.definition.section_of[each.name].when is not None,
        "text": kind_of(each).text(each, state.value, bound.context),
    }
    if each.kind == "note":
        shown["text"] = each.options.text.text
    elif each.kind == "table":
        shown["columns"] = each.options.columns
        shown["rows"] = [
            [
                {
                    "text": kind_of(column).text(column, row.get(column.name), bound.context),
                    "label": column.label.text,
                    "number": column.kind in ("number", "money", "computed"),
                }
                for column in each.options.columns
            ]
            for row in state.value or []
        ]
        shown["sums"] = table_sums(each, state.value)
    elif each.kind == "attachment":
        shown["files"] = [_file(one, bound) for one in state.value or []]
    elif getattr(each.options, "capital", False):
        shown["note"] = capital_text(state.value)
    return shown


def _file(stored: dict[str, Any], bound: Bound) -> FileInfo:
    known = bound.context.infos.get(stored["id"])
    return known or FileInfo(stored["id"], stored["name"], stored["size"])


COLUMNS = 12  # of the printed table; a label takes two
_SHARE = {"full": 12, "half": 6, "third": 4}


def printing(bound: Bound) -> dict[str, Any]:
    """The form on paper (表格式): one bordered table, labels and values in cells, as office forms have it."""
    blocks = []
    for each in reading(bound)["sections"]:
        blocks.append({"section": each["section"], "rows": list(_print_rows(each["fields"]))})
    return {"bound": bound, "blocks": blocks, "title": bound.definition.title.text}


def _print_rows(fields: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """Fields side by side as their widths allow; the last one of a row takes what is left."""
    row: list[dict[str, Any]] = []
    used = 0
    for each in fields:
        wide = each["kind"] in ("table", "note")
        share = COLUMNS if wide else _SHARE[each["width"]]
        if row and used + share > COLUMNS:
            yield _filled(row, used)
            row, used = [], 0
        row.append({**each, "wide": wide, "span": share - 2})
        used += share
        if used == COLUMNS:
            yield row
            row, used = [], 0
    if row:
        yield _filled(row, used)


def _filled(row: list[dict[str, Any]], used: int) -> list[dict[str, Any]]:
    row[-1]["span"] += COLUMNS - used
    return row


# ----- while somebody types


def live_answer(bound: Bound) -> JsonResponse:
    """What has changed with what was typed: which fields are asked, and what stands in computed places.

    For the address named as `ask_url`: bind with `posted` and `partial=True`, answer with this. Nothing of fields that
    are hidden from this person is in it, though their values have their say.
    """
    asked: dict[str, bool] = {}
    texts: dict[str, str] = {}
    for section, states in bound.sections:
        for state in states:
            each = state.field
            if each.when is not None or section.when is not None:
                asked[each.name] = state.asked
            if state.access != HIDDEN:
                _live_texts(state, bound, texts)
    return JsonResponse({"asked": asked, "texts": texts})


def _live_texts(state: State, bound: Bound, texts: dict[str, str]) -> None:
    each, value = state.field, state.value
    if each.kind == "computed":
        texts[state.id] = kind_of(each).text(each, value, bound.context)
        if each.options.capital:
            texts[f"{state.id}-note"] = capital_text(value)
    elif not state.editable:
        return
    elif each.kind == "money" and each.options.capital:
        texts[f"{state.id}-note"] = capital_text(value) if state.error is None else ""
    elif each.kind == "period" and each.options.days is not None:
        texts[f"{state.id}-note"] = days_text(each, value) if state.error is None else ""
    elif each.kind == "table":
        for raw, row in zip(state.raw, value or [], strict=False):
            for column in each.options.columns:
                if column.kind == "computed":
                    text = kind_of(column).text(column, row.get(column.name), bound.context)
                    texts[f"f-{each.name}-{raw[NUMBER]}-{column.name}"] = text
        for cell in table_sums(each, value):
            if cell["id"]:
                texts[cell["id"]] = cell["text"]


def problems(bound: Bound) -> list[dict[str, str]]:
    """What is wrong, for the note at the top: text, label and the id of the control."""
    found = []
    if bound.refused:
        refusal = FormRefused(params={"names": ", ".join(bound.refused[:5])})
        found.append({"text": refusal.text, "label": "", "target": ""})
    for state in bound.states.values():
        if state.error is None:
            continue
        if isinstance(state.error, InvalidRows):
            found += _row_problems(state, state.error)
        else:
            found.append({"text": state.error.text, "label": state.field.label.text, "target": state.id})
    return found


def _row_problems(state: State, error: InvalidRows) -> Iterator[dict[str, str]]:
    labels = {column.name: column.label.text for column in state.field.options.columns}
    for (index, column), one in sorted(error.cells.items()):
        number = state.raw[index][NUMBER]
        label = gettext("{table}, row {n}, {column}").format(
            table=state.field.label.text, n=index + 1, column=labels[column]
        )
        yield {"text": one.text, "label": label, "target": f"f-{state.field.name}-{number}-{column}"}
