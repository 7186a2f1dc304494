"""When a message is tried again: by the database's clock alone, as `asp.jobs.dbclock` does it for jobs.

Every clock may be set back, the database's too. How long a message waits is known from the number of its tries, so
a moment further ahead than that was written before the clock went back, and is taken as over.
"""

import datetime

from django.db.models import Case, DateTimeField, DurationField, ExpressionWrapper, Q, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Now

from asp.jobs.dbclock import in_seconds, seconds_until

# Ten tries over about a day.
PAUSES = (10, 30, 120, 600, 1800, 3600, 3 * 3600, 6 * 3600, 12 * 3600)


def after(attempts: int) -> ExpressionWrapper:
    """The moment of the next try after so many failed ones (1 to len(PAUSES))."""
    return in_seconds(PAUSES[attempts - 1])


def due() -> Q:
    """Whether a row may be tried now. What was never tried waits for nothing, whatever clock wrote its moment."""
    return Q(attempts=0) | Q(next_try__lte=Now()) | Q(next_try__gt=_latest())


def seconds_to_wait() -> Combinable:
    """How many seconds a row's next try is away; 0 if it is due."""
    return seconds_until("next_try", due())


def _latest() -> ExpressionWrapper:
    """The latest moment that a row with so many tries could be told now to wait for."""
    pauses = Case(
        *(
            When(attempts=number, then=Value(datetime.timedelta(seconds=seconds)))
            for number, seconds in enumerate(PAUSES, start=1)
        ),
        default=Value(datetime.timedelta(seconds=max(PAUSES))),
        output_field=DurationField(),
    )
    return ExpressionWrapper(Now() + pauses, output_field=DateTimeField())
