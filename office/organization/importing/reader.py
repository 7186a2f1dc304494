"""Reads the first sheet with people of a spreadsheet, row by row, without evaluating anything."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO, Any
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from openpyxl import load_workbook
from openpyxl.cell.read_only import EmptyCell
from openpyxl.utils.cell import range_boundaries
from openpyxl.utils.exceptions import InvalidFileException

from office.organization.importing import archive
from office.organization.importing.archive import refuse
from office.organization.importing.columns import BY_CODE, HEADINGS, heading_key
from office.organization.importing.texts import Problem

MOST_ROWS = 5000
MOST_LINES = 20_000  # blank ones included
MOST_COLUMNS = 60
HEADER_WITHIN = 10
CELL_LIMIT = 2000

# What the library raises for files that are archives but no sound workbooks; it has no error of its own.
UNREADABLE = (
    InvalidFileException,
    DefusedXmlException,
    ParseError,
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
    IndexError,
    OverflowError,
    EOFError,
    OSError,
)


@dataclass
class RawRow:
    """One line of the sheet: its number there, the text of each known column, and what cannot be text."""

    number: int
    values: dict[str, str]
    problems: list[Problem] = field(default_factory=list)


@dataclass
class Sheet:
    """What was read."""

    rows: list[RawRow]
    ignored: list[str]


def read(file: IO[bytes]) -> Sheet:
    """Read an .xlsx. Raises ImportRefused with the reason if the file as a whole cannot be used."""
    merged = archive.check(file)
    file.seek(0)
    try:
        workbook = load_workbook(file, read_only=True, data_only=False, keep_links=False, rich_text=False)
        try:
            for sheet in workbook.worksheets:
                if sheet.sheet_state != "visible":
                    continue
                lines = _lines(sheet)
                header = _header(lines)
                if header is not None:
                    path = str(getattr(sheet, "_worksheet_path", "")).lstrip("/")
                    return _read_rows(lines, header, merged.get(path, []))
        finally:
            workbook.close()
    except UNREADABLE as error:
        raise refuse("broken") from error
    raise refuse("no_header")


Line = tuple[int, tuple[Any, ...]]


def _lines(sheet: Any) -> Iterator[Line]:
    """The lines of the sheet with their numbers. The declared size is not trusted: it may be a million."""
    sheet.reset_dimensions()
    for number, cells in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS), start=1):
        if number > MOST_LINES:
            raise refuse("too_many_blank", limit=MOST_LINES)
        yield number, cells


@dataclass
class _Header:
    number: int
    columns: dict[int, str]
    ignored: list[str]


def _header(lines: Iterator[Line]) -> _Header | None:
    """Find the heading row among the first lines (a title may stand above it)."""
    for number, cells in lines:
        columns: dict[int, str] = {}
        ignored: list[str] = []
        for place, cell in enumerate(cells):
            text = str(cell.value) if isinstance(cell.value, str) else ""
            code = HEADINGS.get(heading_key(text))
            if code in columns.values():
                raise refuse("heading_twice", column=BY_CODE[code].zh)  # type: ignore[index]
            if code:
                columns[place] = code
            elif text.strip():
                ignored.append(text.strip()[:60])
        found = set(columns.values())
        if len(found) >= 2 or "name" in found:
            _require(found)
            return _Header(number, columns, ignored)
        if number >= HEADER_WITHIN:
            return None
    return None


def _require(found: set[str]) -> None:
    missing = ["name"] if "name" not in found else []
    if not found & {"login", "phone"}:
        missing += ["login", "phone"]
    if missing:
        raise refuse(
            "heading_missing", columns=", ".join(f"{BY_CODE[code].zh} {BY_CODE[code].en}" for code in missing)
        )


def _read_rows(lines: Iterator[Line], header: _Header, ranges: list[str]) -> Sheet:
    merged = _merged_lines(ranges)
    rows: list[RawRow] = []
    for number, cells in lines:
        row = RawRow(number, {})
        for place, code in header.columns.items():
            cell = cells[place] if place < len(cells) else None
            if cell is None or isinstance(cell, EmptyCell) or cell.value is None:
                continue
            text, problem, params = _text(cell)
            row.values[code] = text
            if problem:
                row.problems.append([code, problem, params])
        if not any(text.strip() for text in row.values.values()):
            continue
        if number in merged:
            row.problems.append(["", "merged", {"range": merged[number]}])
        rows.append(row)
        if len(rows) > MOST_ROWS:
            raise refuse("too_many_rows", limit=MOST_ROWS)
    if not rows:
        raise refuse("no_rows")
    return Sheet(rows, header.ignored)


def _text(cell: Any) -> tuple[str, str, dict[str, str]]:
    """The text of a cell, and why it cannot be used ('' if it can)."""
    value, kind = cell.value, cell.data_type
    if kind == "f":
        return str(value)[:200] if isinstance(value, str) else "=", "formula", {}
    if kind == "e":
        return str(value)[:20], "error_value", {"text": str(value)[:20]}
    if isinstance(value, datetime.datetime | datetime.date | datetime.time | datetime.timedelta):
        return str(value), "is_date", {}
    if isinstance(value, bool):
        return ("TRUE" if value else "FALSE"), "", {}
    if isinstance(value, float):
        # Excel keeps every number as a float: 13800000000.0 was typed as 13800000000.
        return (str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)), "", {}
    return str(value)[:CELL_LIMIT], "", {}


def _merged_lines(ranges: list[str]) -> dict[int, str]:
    """Which lines belong to merged cells, and to which."""
    found: dict[int, str] = {}
    for each in ranges:
        _left, top, _right, bottom = range_boundaries(each)
        for number in range(top or 1, min(bottom or 1, MOST_LINES) + 1):
            found.setdefault(number, each)
    return found
