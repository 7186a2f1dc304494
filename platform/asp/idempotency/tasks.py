"""Answers are forgotten after a day."""

import datetime

from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from asp.idempotency.models import Answer
from asp.jobs import JobRun, job, periodic

KEPT = datetime.timedelta(hours=24)
PORTION = 1000


@periodic(every=datetime.timedelta(hours=6))
@job("idempotency.tidy", scope="any", title=_("Forget answers to repeated requests"))
def tidy(run: JobRun) -> dict[str, int]:
    """Remove answers older than a day, in portions."""
    removed = 0
    old = Answer.objects.filter(created_at__lt=Now() - KEPT)
    while ids := list(old.values_list("pk", flat=True)[:PORTION]):
        removed += Answer.objects.filter(pk__in=ids).delete()[0]
        run.progress(removed)
    return {"removed": removed}
