"""Refusals that people read."""

from django.utils.translation import gettext_lazy as _

from asp.ui.errors import Conflict, UserFacingError


class NoticeRefused(UserFacingError):
    code = "workdays.notice_refused"
    status = 422
    message = _("The text contradicts itself or the calendar. Correct what is marked, then look again.")


class CalendarChanged(Conflict):
    code = "workdays.calendar_changed"
    message = _("The calendar was changed in the meantime. Look again at what the import changes.")


class DayTaken(Conflict):
    code = "workdays.day_taken"
    message = _("There is a rule for this day already. Remove it first.")


class DayIdle(UserFacingError):
    code = "workdays.day_idle"
    status = 422
    message = _("The day is like that anyway: nothing would change.")


class DayTooFar(UserFacingError):
    code = "workdays.day_too_far"
    status = 422
    message = _("Choose a day between the beginning of last year and the end of the year after next.")
