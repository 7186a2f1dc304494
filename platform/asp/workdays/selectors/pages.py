"""What the pages list."""

import datetime
import uuid
from dataclasses import dataclass

from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext

from asp.jobs.models import Job
from asp.ui.moments import day_text, local, moment_text, today
from asp.workdays.models import DeadlineChange, LocalDay, State
from asp.workdays.national.models import Change, Year
from asp.workdays.reasons import reasons_text
from tenants import registry

FIRST, LAST = 2000, 2099
FEW = 12


@dataclass(frozen=True, slots=True)
class MovedLine:
    """One line of the log of moved deadlines, in words."""

    function: str
    object_id: uuid.UUID
    old: str
    new: str
    why: str
    provisional: bool
    at: datetime.datetime


def year_of(text: str | None) -> int:
    """Return the year a page is asked for; this one for anything that is none. 404 outside of FIRST to LAST."""
    if not text:
        return today().year
    if not text.isascii() or not text.isdigit() or not FIRST <= int(text[:5]) <= LAST:
        raise Http404
    return int(text)


def year_row(year: int) -> Year | None:
    """Return where a year's arrangement is from; None while nobody knows it."""
    return Year.objects.filter(year=year).first()


def history() -> list[Change]:
    """Return the latest changes of the country's calendar."""
    return list(Change.objects.all()[:FEW])


def spreading() -> Job | None:
    """Return the last job that told the offices of a change."""
    return Job.objects.filter(name="workdays.spread").first()


def recomputing() -> Job | None:
    """Return the last job of this office that somebody's change began and that is worth showing."""
    return Job.objects.filter(name="workdays.recompute").exclude(key__startswith="periodic:").first()


def local_days() -> list[LocalDay]:
    """Return the bureau's own days, the latest first."""
    return list(LocalDay.objects.order_by("-date"))


def local_day_get(day_id: uuid.UUID) -> LocalDay:
    """Return one, or raise Http404."""
    found = LocalDay.objects.filter(pk=day_id).first()
    if found is None:
        raise Http404
    return found


def own_hours() -> str:
    """Return the bureau's own office hours; empty if it has those of the host."""
    return State.objects.values_list("hours", flat=True).first() or ""


def moved() -> QuerySet[DeadlineChange]:
    """Return the log of moved deadlines, the latest first."""
    return DeadlineChange.objects.all()


def moved_line(row: DeadlineChange) -> MovedLine:
    """Put one row into words."""
    function = registry.by_code(row.kind.partition(".")[0])
    return MovedLine(
        function=str(function.title) if function else row.kind,
        object_id=row.object_id,
        old=due_text(row.old_due),
        new=due_text(row.new_due),
        why=reasons_text(row.reasons),
        provisional=row.provisional,
        at=row.made_at,
    )


def due_text(at: datetime.datetime | None) -> str:
    """Return a deadline as people say it: the day that ends then, or the moment."""
    if at is None:
        return gettext("open, suspended")
    moment = local(at)
    if moment.time() == datetime.time.min:
        return day_text(moment.date() - datetime.timedelta(days=1))
    return moment_text(at)
