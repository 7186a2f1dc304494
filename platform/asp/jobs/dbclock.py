"""When a job's next attempt is due, by the database's clock alone: processes disagree about the time.

Every clock may jump, the database's too. No pause is longer than LONGEST_PAUSE, so a moment that lies further
ahead was written before the clock went back, and is taken as over: no job waits for an hour that comes twice.
"""

import datetime

from django.db.models import (
    Case,
    DateTimeField,
    DurationField,
    ExpressionWrapper,
    F,
    FloatField,
    Q,
    Value,
    When,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Extract, Now

LONGEST_PAUSE = 360.0


def in_seconds(seconds: float) -> ExpressionWrapper:
    """So many seconds from now."""
    return ExpressionWrapper(Now() + datetime.timedelta(seconds=seconds), output_field=DateTimeField())


def due() -> Q:
    """Whether the next attempt of a job row may begin."""
    return Q(run_after__isnull=True) | Q(run_after__lte=Now()) | Q(run_after__gt=in_seconds(LONGEST_PAUSE))


def seconds_to_wait() -> Combinable:
    """How many seconds a job row's next attempt is away; 0 if it is due."""
    return seconds_until("run_after", due())


def seconds_until(moment: str, is_due: Q) -> Combinable:
    """How many seconds the column `moment` lies ahead; 0 where `is_due` holds."""
    away = ExpressionWrapper(F(moment) - Now(), output_field=DurationField())
    return Case(When(is_due, then=Value(0.0)), default=Extract(away, "epoch"), output_field=FloatField())
