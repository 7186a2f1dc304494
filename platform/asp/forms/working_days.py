"""Periods in working days, by the calendar of the site (architecture: one clock, `asp.workdays`)."""

import datetime

from django.utils.translation import gettext_lazy as _

from asp.forms.counting import Counting, counting_register
from asp.workdays import calendar_for_site

WORKING = "working"
ONE_DAY = datetime.timedelta(days=1)


def working_days(first: datetime.date, last: datetime.date) -> int:
    """How many working days lie in a period, both ends included."""
    return calendar_for_site().workdays_between(first - ONE_DAY, last)


def register() -> None:
    """Called when Django is ready."""
    counting_register(Counting(WORKING, _("working days"), working_days))
