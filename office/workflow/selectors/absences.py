"""Who stands in for whom: one's own absences, those in which one stands in, and all of them for those who oversee."""

import datetime
import uuid

from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone

from asp.accounts.models import Account
from asp.ui.moments import day_text, local, moment_text
from office.workflow.models import Absence
from office.workflow.selectors.access import oversees, works_here

PAST = 10


def absences_of(account: Account) -> list[Absence]:
    """Those of `account` that last or lie ahead, soonest first."""
    return list(_lasting().filter(account=account).order_by("begins"))


def past_absences_of(account: Account) -> list[Absence]:
    """The last few of `account` that are over."""
    now = timezone.now()
    rows = Absence.objects.select_related("account", "deputy").filter(account=account)
    over = rows.filter(ends__lte=now) | rows.filter(ended_at__isnull=False)
    return list(over.order_by("-begins")[:PAST])


def absences_stood_in(account: Account) -> list[Absence]:
    """Those in which `account` stands in for somebody, soonest first."""
    return list(_lasting().filter(deputy=account).order_by("begins"))


def absences_of_others(account: Account) -> list[Absence]:
    """All that last now or lie ahead, for those who oversee."""
    if not oversees(account):
        return []
    return list(_lasting().exclude(account=account).exclude(deputy=account).order_by("begins")[:200])


def absence_get_for(*, account: Account, absence_id: uuid.UUID) -> Absence:
    """One's own absence, or any for those who oversee; else Http404."""
    rows = Absence.objects.select_related("account", "deputy")
    if not oversees(account):
        rows = rows.filter(account=account)
    found = rows.filter(pk=absence_id).first()
    if found is None or not works_here(account):
        raise Http404
    return found


def span_text(absence: Absence) -> str:
    """From when to when: days, where it is for whole days."""
    last = absence.ends - datetime.timedelta(microseconds=1)
    if local(absence.ends).time() != datetime.time():
        return f"{moment_text(absence.begins)} – {moment_text(absence.ends)}"
    if local(absence.begins).date() == local(last).date():
        return day_text(last)
    return f"{day_text(absence.begins)} – {day_text(last)}"


def _lasting() -> "QuerySet[Absence]":
    rows = Absence.objects.select_related("account", "deputy")
    return rows.filter(ends__gt=timezone.now(), ended_at=None)
