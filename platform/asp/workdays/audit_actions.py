"""The sentences of what people do with the calendar."""

import datetime

from django.utils.translation import gettext_lazy as _

from asp.audit.actions import register
from asp.ui.moments import day_text
from tenants import registry


def _day(text: str) -> str:
    return day_text(datetime.date.fromisoformat(text))


def _function(code: str) -> str:
    found = registry.by_code(code)
    return str(found.title) if found else code


_DAYS = {"day": _day, "first": _day, "last": _day}

register(
    "workdays.notice_imported",
    _("Imported the working days of {year} ({number}): {moved} days changed"),
)
register("workdays.local_day_off", _("Set {day} off in this office: {reason}"), words=_DAYS)
register("workdays.local_day_worked", _("Set {day} worked in this office: {reason}"), words=_DAYS)
register("workdays.local_day_removed", _("Removed the rule for {day}: {reason}"), words=_DAYS)
register("workdays.hours_changed", _("Set the office hours to {hours}"))
register("workdays.hours_reset", _("Set the office hours back to those of the host"))
register(
    "workdays.deadlines_moved",
    _("Moved {count} open deadlines of “{function}” with the calendar ({first} to {last})"),
    words={**_DAYS, "function": _function},
)
