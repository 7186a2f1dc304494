"""Working days (工作日) and every deadline clock of the product. This module is the public door.

    from asp.workdays import Clock, Suspension, Unit, calendar_for_site, calendar_for_writing

Reading (a page, a list): one statement asks whether the calendar of this process is still current. Ask once and
hand the calendar on.

    calendar = calendar_for_site()
    clock = Clock(start=item.created_at, amount=2, unit=Unit.WORKDAYS, suspensions=(Suspension(begins, ends),))
    due = clock.due(calendar)        # Due(day, at, raw, provisional), or None: suspended without an end
    clock.left(calendar, now)        # 1.0 working days (hours of working time for Unit.HOURS), negative when late
    clock.light(calendar, now)       # green, yellow, red, paused
    light(item.due_at, item.yellow_at, now)   # the same for a list, from what was stored, without a calendar

Writing (a deadline that is stored): inside the transaction that stores it,

    calendar = calendar_for_writing()
    item.due_at = clock.due(calendar).at      # aware, UTC: the instant from which it is late
    item.yellow_at = clock.yellow_at(calendar)
    item.due_provisional = clock.due(calendar).provisional

so that a change of the calendar and a deadline computed with the old one can never pass each other unseen. A
function that stores deadlines names a callable in its `Function(deadlines="office.x.services.deadlines.recompute")`:

    def recompute(*, calendar: Calendar, changed: Changed) -> Iterable[DeadlineMoved]:
        for item in open_items().filter(due_at__gte=changed.begins).select_for_update():
            new = clock_of(item).due(calendar)
            if new.at != item.due_at:
                yield DeadlineMoved("workflow.item", item.id, old=item.due_at, new=new.at, provisional=new.provisional)
                item.due_at = new.at; item.save()

It runs in a transaction, in one job for each site, may run more than once, and need only look at what is open and
touches `changed`. What it yields is logged and audited.
"""

from typing import TYPE_CHECKING, Any

from asp.workdays.arithmetic.calendar import Calendar
from asp.workdays.arithmetic.clock import Clock, Light, Unit, light
from asp.workdays.arithmetic.due import Due
from asp.workdays.arithmetic.hours import OfficeHours
from asp.workdays.arithmetic.suspensions import Suspension
from asp.workdays.deadlines import Changed, DeadlineMoved

if TYPE_CHECKING:
    from asp.workdays.current import calendar_for_site, calendar_for_writing

__all__ = [
    "Calendar",
    "Changed",
    "Clock",
    "DeadlineMoved",
    "Due",
    "Light",
    "OfficeHours",
    "Suspension",
    "Unit",
    "calendar_for_site",
    "calendar_for_writing",
    "light",
]


def __getattr__(name: str) -> Any:
    # Late, because Django imports this package before models may be.
    if name in ("calendar_for_site", "calendar_for_writing"):
        from asp.workdays import current

        return getattr(current, name)
    raise AttributeError(name)
