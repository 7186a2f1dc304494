"""A bureau's own days and hours."""

import datetime

from django.db import transaction

from asp.audit.actor import Actor
from asp.audit.services import record
from asp.jobs.values import clean_text
from asp.ui.moments import today
from asp.workdays import reasons
from asp.workdays.arithmetic.hours import OfficeHours
from asp.workdays.current import calendar_for_site
from asp.workdays.errors import DayIdle, DayTaken, DayTooFar
from asp.workdays.models import LocalDay, State
from asp.workdays.services.recompute import recompute_start
from tenants.keys import uuid7

FOREVER = datetime.date(9999, 12, 31)


@transaction.atomic
def local_day_add(*, actor: Actor, day: datetime.date, works: bool, reason: str) -> LocalDay:
    """Say that `day` is off (or worked, if `works`) in this bureau, and why; open deadlines follow.

    Raises DayTooFar outside last year to the year after next, DayTaken if there is a rule for the day, DayIdle if
    it is like that anyway.
    """
    year = today().year
    if not year - 1 <= day.year <= year + 2:
        raise DayTooFar
    state = _locked()
    if LocalDay.objects.filter(date=day).exists():
        raise DayTaken
    if calendar_for_site().is_workday(day) == works:
        raise DayIdle
    made = LocalDay.objects.create(date=day, works=works, reason=clean_text(reason)[:100], made_by=actor.name)
    why = reasons.reason(
        reasons.LOCAL_WORK if works else reasons.LOCAL_OFF, day=day.isoformat(), reason=made.reason
    )
    _changed(actor, state, day, day, why)
    action = "workdays.local_day_worked" if works else "workdays.local_day_off"
    _record(actor, action, made)
    return made


@transaction.atomic
def local_day_remove(*, actor: Actor, local_day: LocalDay) -> None:
    """Let a day be as in the whole country again; open deadlines follow."""
    state = _locked()
    if not LocalDay.objects.filter(pk=local_day.pk).exists():
        return
    why = reasons.reason(reasons.LOCAL_GONE, day=local_day.date.isoformat(), reason=local_day.reason)
    _record(actor, "workdays.local_day_removed", local_day)
    day = local_day.date
    local_day.delete()
    _changed(actor, state, day, day, why)


@transaction.atomic
def hours_set(*, actor: Actor, hours: OfficeHours | None) -> None:
    """Set the bureau's office hours; None: as the host has them. Deadlines in hours follow, from today on."""
    state = _locked()
    text = str(hours) if hours else ""
    if state.hours == text:
        return
    state.hours = text
    _changed(actor, state, today(), FOREVER, reasons.reason(reasons.HOURS))
    record(
        actor=actor,
        action="workdays.hours_changed" if hours else "workdays.hours_reset",
        target_kind="workdays.hours",
        params={"hours": text},
    )


def _locked() -> State:
    State.objects.get_or_create()
    return State.objects.select_for_update().get()


def _changed(
    actor: Actor, state: State, first: datetime.date, last: datetime.date, why: dict[str, object]
) -> None:
    state.version = uuid7()
    state.pending = [
        *state.pending,
        {"first": first.isoformat(), "last": last.isoformat(), "reason": why},
    ]
    state.save(update_fields=["version", "pending", "hours"])
    recompute_start(actor=actor)


def _record(actor: Actor, action: str, day: LocalDay) -> None:
    record(
        actor=actor,
        action=action,
        target_kind="workdays.day",
        target_id=day.pk,
        target_name=day.date.isoformat(),
        params={"day": day.date, "reason": day.reason},
    )
