"""The list of bureaus as a workbook."""

import io
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from asp.ui.moments import local
from provisioning.models import Level
from provisioning.models.application import GIBIBYTE
from provisioning.words import BUREAU_STATES
from tenants import registry
from tenants.models import Bureau, BureauState


def bureaus_workbook(bureaus: Iterable[Bureau]) -> bytes:
    """Return an .xlsx file with one row for each bureau. Text is never a formula."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("Bureaus"))
    sheet.freeze_panes = "A2"
    titles = {each.code: str(each.title) for each in registry.optional_functions()}
    levels = dict(Level.choices)
    sheet.append([_heading(sheet, text) for text in _headings()])
    for bureau in bureaus:
        values: list[Any] = [
            bureau.name,
            bureau.name_en,
            bureau.credit_code,
            str(levels.get(bureau.level, "")),
            bureau.parent_body,
            bureau.slug,
            str(BUREAU_STATES.get(BureauState(bureau.state))),
            bureau.quota_bytes // GIBIBYTE,
            *_reported(bureau),
            "、".join(titles.get(code, code) for code in bureau.functions),
            bureau.version,
            local(bureau.opened_at).replace(tzinfo=None) if bureau.opened_at else None,
        ]
        sheet.append([_cell(sheet, value) for value in values])
    output = io.BytesIO()
    book.save(output)
    return output.getvalue()


def _headings() -> list[str]:
    return [
        _("Name of the body"),
        _("Name in English"),
        _("Unified social credit code"),
        _("Kind of body"),
        _("Parent body"),
        _("Address"),
        _("State"),
        _("Storage in GB"),
        _("Storage used in GB"),
        _("People"),
        _("Last activity"),
        _("Functions"),
        _("Version"),
        _("Opened on"),
    ]


def _reported(bureau: Bureau) -> list[Any]:
    """What the bureau has told of itself; empty cells before its first report."""
    figures = getattr(bureau, "figures", None)
    if figures is None:
        return [None, None, None]
    last = figures.last_activity_at
    used = round(figures.storage_used / GIBIBYTE, 3)
    return [used, figures.people, local(last).replace(tzinfo=None) if last else None]


def _heading(sheet: Any, text: str) -> Any:
    cell = WriteOnlyCell(sheet, value=text)
    cell.font = Font(bold=True)
    return cell


def _cell(sheet: Any, value: Any) -> Any:
    cell = WriteOnlyCell(sheet, value=value)
    if isinstance(value, str):
        # A name that begins with "=" stays a name.
        cell.data_type = "s"
    return cell
