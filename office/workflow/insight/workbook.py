"""The tables as spreadsheets; times in hours, so that they can be reckoned with."""

import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from openpyxl import Workbook
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter

from asp.ui.cells import safe
from asp.ui.moments import local
from asp.ui.text import localized
from office.workflow.insight.figures import Counts, Load, Reading, Spread, Week
from office.workflow.insight.instances import names_of_open
from office.workflow.insight.report import Overview, Report, squeezed
from office.workflow.models import Instance

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_HEAD = PatternFill("solid", fgColor="E8EEF7")
HOUR = 3600

Head = Sequence[tuple[str, int]]
Rows = list[list[Any]]


def of_overview(found: Overview) -> bytes:
    """All processes, weeks, where it waits, people, departments."""
    book = _book()
    head = [(_("Process"), 32), *_counts_head()]
    rows: Rows = [[localized(each.process), *_counts_row(each.counts)] for each in found.lines]
    _sheet(book, pgettext("workflow", "Processes"), head, rows)
    _weeks(book, found.weeks)
    head = [(_("Process"), 32), (_("Step"), 28), (_("Waiting"), 10), (pgettext("workflow", "Since"), 20), (_("Late"), 10), (_("Without anybody"), 14)]  # fmt: skip
    rows = [
        [localized(process), localized(each) or each.place, each.count, _moment(each.oldest), each.late, each.stranded]
        for process, each in found.waiting
    ]  # fmt: skip
    _sheet(book, _("Where it waits"), head, rows)
    _loads(book, found.people, found.departments)
    _about(book, found.reading)
    return _bytes(book)


def of_process(found: Report) -> bytes:
    """Everything that the page of a process shows."""
    book = _book()
    _sheet(book, pgettext("workflow", "Figures"), _counts_head(), [_counts_row(found.counts)])
    _weeks(book, found.weeks)
    head = [
        (_("Step"), 28),
        (_("Waiting"), 10),
        (pgettext("workflow", "Since"), 20),
        (_("Late"), 10),
        (_("Without anybody"), 14),
    ]
    rows: Rows = [
        [found.name(each.place), each.count, _moment(each.oldest), each.late, each.stranded]
        for each in found.waiting
    ]
    _sheet(book, _("Where it waits"), head, rows)
    head = [
        (_("Step"), 28), (pgettext("items", "Done"), 10), (_("Median, working h"), 16), (_("Nine in ten, working h"), 16), (_("Median, h"), 12),
        (_("Nine in ten, h"), 12), (_("Until opened, h"), 14), (_("With deadline"), 14), (_("Late"), 10), (_("Sent back"), 12),
        (_("Handed over"), 12), (_("Urged"), 10),
    ]  # fmt: skip
    rows = [
        [
            found.name(each.place), each.count, _hours(each.worked.median), _hours(each.worked.p90), _hours(each.elapsed.median),
            _hours(each.elapsed.p90), _hours(each.unopened), each.with_deadline, each.late, each.returned, each.handed, each.urged,
        ]
        for each in found.steps
    ]  # fmt: skip
    _sheet(book, pgettext("workflow", "Steps"), head, rows)
    head = [
        (pgettext("step", "From"), 28),
        (pgettext("step", "To"), 28),
        (_("Times"), 10),
        (_("Until opened, h"), 14),
        (_("Sent back"), 12),
    ]
    rows = [
        [found.name(each.source), found.name(each.target), each.count, _hours(each.waited), _("yes") if each.back else ""]
        for each in found.ways
    ]  # fmt: skip
    _sheet(book, _("From step to step"), head, rows)
    head = [
        (_("Way"), 80),
        (_("Instances"), 12),
        (_("Share in percent"), 10),
        (_("Median, working h"), 16),
        (_("Median, h"), 12),
    ]
    rows = [
        [
            " → ".join(found.name(place) + (f" ×{times}" if times > 1 else "") for place, times in squeezed(each.path)),
            each.count, round(100 * each.share, 1), _hours(each.worked), _hours(each.elapsed),
        ]
        for each in found.variants.rows
    ]  # fmt: skip
    _sheet(book, _("Ways taken"), head, rows)
    _loads(book, found.people, found.departments)
    _about(book, found.reading)
    return _bytes(book)


def of_instances(instances: Iterable[Instance]) -> bytes:
    """The list of instances."""
    book = _book()
    head = [
        (_("Process"), 24), (_("Number"), 10), (_("Title"), 50), (_("State"), 14), (_("Late"), 8), (_("Now at"), 30),
        (_("Starter"), 16), (_("Department"), 24), (_("Started"), 20), (_("Ended"), 20),
    ]  # fmt: skip
    rows: Rows = [
        [
            localized(each.process), each.number, each.title, str(each.get_state_display()),  # type: ignore[attr-defined]
            _("yes") if each.late and each.is_running else "",  # type: ignore[attr-defined]
            " / ".join(names_of_open(each.open_steps)),  # type: ignore[attr-defined]
            each.starter_name, each.department_name, _moment(each.created_at), _moment(each.ended_at),
        ]
        for each in instances
    ]  # fmt: skip
    _sheet(book, _("Instances"), head, rows)
    return _bytes(book)


def _counts_head() -> list[tuple[str, int]]:
    return [
        (pgettext("workflow", "In progress"), 12), (pgettext("workflow", "Suspended"), 12), (_("Late"), 10), (_("Started"), 10), (_("Completed"), 12),
        (pgettext("workflow", "Cancelled"), 12), (pgettext("workflow", "Rejected"), 12), (_("Median, h"), 12), (_("Nine in ten, h"), 12), (_("Steps with deadline"), 18), (_("Of these late"), 14),
    ]  # fmt: skip


def _counts_row(counts: Counts) -> list[Any]:
    spread = counts.duration or Spread(0, 0)
    return [
        counts.running, counts.suspended, counts.late, counts.started, counts.completed, counts.cancelled, counts.rejected,
        _hours(spread.median) if counts.duration else None, _hours(spread.p90) if counts.duration else None,
        counts.with_deadline, counts.done_late,
    ]  # fmt: skip


def _weeks(book: Workbook, weeks: Sequence[Week]) -> None:
    head = [(_("Week from"), 14), (_("Started"), 10), (_("Completed"), 12)]
    _sheet(book, _("Weeks"), head, [[each.first, each.started, each.completed] for each in weeks])


def _loads(book: Workbook, people: Sequence[Load], departments: Sequence[Load]) -> None:
    head = [
        (_("Name"), 24),
        (pgettext("items", "Open"), 10),
        (_("Overdue"), 10),
        (_("Oldest due"), 20),
        (pgettext("items", "Done"), 10),
        (_("Done late"), 12),
    ]
    for title, rows in ((_("People"), people), (_("Departments"), departments)):
        cells: Rows = [
            [each.name or _("Without a department"), each.open, each.overdue, _moment(each.oldest), each.done, each.late]
            for each in rows
        ]  # fmt: skip
        _sheet(book, title, head, cells)


def _about(book: Workbook, reading: Reading) -> None:
    rows: Rows = [
        [
            pgettext("workflow", "Period"),
            f"{reading.scope.first.isoformat()} – {reading.scope.last.isoformat()}",
        ],
        [_("Read at"), _moment(reading.now)],
        [_("Hours in a working day"), reading.workday / HOUR],
    ]
    _sheet(book, _("About this export"), [(_("Key figure"), 28), (_("Value"), 40)], rows)


def _book() -> Workbook:
    book = Workbook()
    book.remove(book.worksheets[0])
    return book


def _sheet(book: Workbook, title: str, head: Head, rows: Iterable[Sequence[Any]]) -> None:
    sheet = book.create_sheet(title[:31])
    sheet.append([name for name, _width in head])
    for place, (_name, width) in enumerate(head, start=1):
        cell = sheet.cell(1, place)
        cell.font, cell.fill = Font(bold=True), _HEAD
        sheet.column_dimensions[get_column_letter(place)].width = width
    sheet.freeze_panes = "A2"
    for row in rows:
        sheet.append([safe(each) if isinstance(each, str) else each for each in row])


def _hours(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds / HOUR, 2)


def _moment(value: datetime | None) -> datetime | None:
    # Spreadsheets know no time zones: what they show is China's clock.
    return local(value).replace(tzinfo=None) if value else None


def _bytes(book: Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()
