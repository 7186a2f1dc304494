"""The two kinds of file: .xlsx and .csv. Both are written row by row into a file on disk."""

import csv
import datetime
import io
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import IO, Any

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from asp.audit.exporting.about import Line
from asp.audit.exporting.lines import Column, Value
from asp.ui.cells import safe

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MEDIA_TYPES = {"xlsx": XLSX, "csv": "text/csv"}
# A sheet ends at row 1,048,576 (ECMA-376); the first is the heading. What is left goes on another sheet.
SHEET_ROWS = 1_048_575
BOM = "\ufeff"  # without it Excel takes Chinese for another encoding
TIME = "yyyy-mm-dd hh:mm:ss"
DAY = "yyyy-mm-dd"
MIDNIGHT = datetime.time()

# What is only known when all rows are written: how many there were.
About = Callable[[int], list[Line]]


@contextmanager
def spreadsheet(
    columns: list[Column], rows: Iterable[list[Value]], about: About, *, title: str = ""
) -> Iterator[IO[bytes]]:
    """An .xlsx: the entries, on as many sheets called `title` as they need, then what the export says of itself."""
    book = Workbook(write_only=True)
    sheet: Any = None
    count = 0
    for row in rows:
        if count % SHEET_ROWS == 0:
            sheet = _sheet(book, columns, title or _("Entries"), number=count // SHEET_ROWS + 1)
        sheet.append([_cell(sheet, value) for value in row])
        count += 1
    last = book.create_sheet(_("About this export"))
    last.column_dimensions["A"].width, last.column_dimensions["B"].width = 28, 100
    for label, value in about(count):
        last.append([_bold(last, label), safe(value)])
    with tempfile.TemporaryFile() as file:
        book.save(file)
        file.seek(0)
        yield file


@contextmanager
def plain(columns: list[Column], rows: Iterable[list[Value]], about: About) -> Iterator[IO[bytes]]:
    """A .csv in UTF-8: what the export says of itself, an empty line, the headings, the entries."""
    with tempfile.TemporaryFile() as body, tempfile.TemporaryFile() as whole:
        count = 0
        with _csv(body) as row:
            row([each.heading for each in columns])
            for values in rows:
                row([_plain(value) for value in values])
                count += 1
        with _csv(whole, start=BOM) as row:
            for line in about(count):
                row([safe(part) for part in line])
            row([])
        body.seek(0)
        shutil.copyfileobj(body, whole)
        whole.seek(0)
        yield whole


@contextmanager
def _csv(file: IO[bytes], *, start: str = "") -> Iterator[Callable[[list[str]], Any]]:
    """Write rows into a binary file, which stays open."""
    text = io.TextIOWrapper(file, encoding="utf-8", newline="")
    try:
        text.write(start)
        yield csv.writer(text).writerow
    finally:
        text.flush()
        text.detach()


def _sheet(book: Any, columns: list[Column], title: str, *, number: int) -> Any:
    sheet = book.create_sheet(title if number == 1 else f"{title} {number}")
    sheet.freeze_panes = "A2"
    for place, each in enumerate(columns, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = each.width
    sheet.append([_bold(sheet, each.heading) for each in columns])
    return sheet


def _bold(sheet: Any, text: str) -> Any:
    cell = WriteOnlyCell(sheet, value=safe(text))
    cell.font = Font(bold=True)
    return cell


def _cell(sheet: Any, value: Value) -> Any:
    if isinstance(value, str):
        return safe(value)
    if value is None or isinstance(value, int):
        return value
    if isinstance(value, datetime.datetime):
        return _dated(sheet, value, TIME)
    return _dated(sheet, datetime.datetime.combine(value, MIDNIGHT), DAY)


def _dated(sheet: Any, value: datetime.datetime, shape: str) -> Any:
    cell = WriteOnlyCell(sheet, value=value)
    cell.number_format = shape
    return cell


def _plain(value: Value) -> str:
    if value is None:
        return ""
    return safe(value) if isinstance(value, str) else str(value)
