"""Whether the working days of the coming months are known."""

import datetime

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from asp.ui.moments import today
from asp.workdays.arithmetic.calendar import Calendar
from asp.workdays.current import national_calendar
from tenants.observe.checks import Result, check, ok, warning, wrong

NOTICES_COME_IN = 11  # the State Council tells the next year's days in November, at times in late October


@check("workdays", title=_("Working days"), order=65, url_name="workdays:year")
def working_days() -> Result:
    """This year's notice is imported; from November on the next year's, too."""
    return judged(national_calendar().calendar, today())


def judged(calendar: Calendar, day: datetime.date) -> Result:
    """Judge a calendar on a day."""
    advice = gettext_noop(
        "Import the notice of the State Council. Until then, deadlines in that year are computed from weekends and "
        "statutory holidays alone, and may be wrong by days."
    )
    if calendar.is_provisional(day.year):
        return wrong(gettext_noop("The working days of {year} are provisional."), advice, year=day.year)
    if day.month >= NOTICES_COME_IN and calendar.is_provisional(day.year + 1):
        return warning(gettext_noop("The working days of {year} are provisional."), advice, year=day.year + 1)
    return ok(gettext_noop("The working days of {year} are known."), year=day.year)
