"""Staff spreadsheets as people fill them in: the template with rows below its headings."""

import io
from collections.abc import Iterable, Sequence

from openpyxl import Workbook, load_workbook

HEADINGS = ("姓名", "英文名", "账号", "手机号", "部门", "职务")


def staff_sheet(rows: Iterable[Sequence[str]]) -> bytes:
    """A spreadsheet of one's own with the columns of HEADINGS."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append(HEADINGS)
    for row in rows:
        sheet.append(row)
    return _saved(book)


def template_filled(template: bytes, rows: Iterable[Sequence[str]]) -> bytes:
    """The downloaded template with `rows` (in the order of HEADINGS) in the right columns."""
    book = load_workbook(io.BytesIO(template))
    sheet = book.worksheets[0]
    places = {
        str(cell.value).split("\n")[0].strip(" *"): cell.column
        for line in sheet.iter_rows(min_row=1, max_row=3)
        for cell in line
        if cell.value
    }
    first = next(number for number in range(2, 10) if not any(cell.value for cell in sheet[number]))
    for number, row in enumerate(rows, start=first):
        for heading, value in zip(HEADINGS, row, strict=True):
            if value:
                sheet.cell(row=number, column=places[heading], value=value)
    return _saved(book)


def _saved(book: Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()
