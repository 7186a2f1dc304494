"""Agency codes with their registers."""

import uuid
from dataclasses import dataclass

from django.db.models import QuerySet
from django.http import Http404

from asp.ui.moments import today
from office.documents.models import AgencyCode, Series
from office.documents.numbering import write


@dataclass(frozen=True, slots=True)
class Line:
    """A code, its registers (the latest first), and how its next number would look now."""

    code: AgencyCode
    series: list[Series]
    next: str


def code_list() -> list[Line]:
    """All codes, those in use first."""
    series: dict[uuid.UUID, list[Series]] = {}
    for each in Series.objects.order_by("-year"):
        series.setdefault(each.code_id, []).append(each)
    rows = sorted(AgencyCode.objects.all(), key=lambda each: each.stopped_at is not None)
    return [_line(each, series.get(each.pk, [])) for each in rows]


def _line(code: AgencyCode, series: list[Series]) -> Line:
    year = today().year if code.get_style().is_yearly else 0
    last = next((each.last for each in series if each.year == year), 0)
    return Line(code, series, write(code.style, code.code, year, last + 1))


def codes_open() -> "QuerySet[AgencyCode]":
    """The codes under which documents are numbered."""
    return AgencyCode.objects.filter(stopped_at=None)


def code_get(code_id: uuid.UUID) -> AgencyCode:
    """One code, or Http404."""
    found = AgencyCode.objects.filter(pk=code_id).first()
    if found is None:
        raise Http404
    return found


def series_get(series_id: uuid.UUID) -> Series:
    """One register with its code, or Http404."""
    found = Series.objects.select_related("code").filter(pk=series_id).first()
    if found is None:
        raise Http404
    return found
