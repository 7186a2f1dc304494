"""The machinery's own work: jobs that ended long ago are forgotten."""

import datetime

from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from asp.jobs.models import Job, JobState
from asp.jobs.registry import job, periodic
from asp.jobs.run import JobRun

KEPT = {
    JobState.DONE: datetime.timedelta(days=90),
    JobState.CANCELLED: datetime.timedelta(days=90),
    JobState.FAILED: datetime.timedelta(days=180),
}
PORTION = 500


@periodic(every=datetime.timedelta(days=1))
@job("jobs.tidy", scope="any", title=_("Forget tasks that ended long ago"))
def tidy(run: JobRun) -> dict[str, int]:
    """Remove ended jobs in portions, except the last success of each kind: pages say when that was."""
    last = Job.objects.filter(state=JobState.DONE).order_by("name", "-id").distinct("name").values_list("id")
    kept = {row[0] for row in last}
    removed = 0
    for state, age in KEPT.items():
        old = Job.objects.filter(state=state, finished_at__lt=Now() - age).exclude(id__in=kept)
        while keys := list(old.order_by("id").values_list("id", flat=True)[:PORTION]):
            removed += Job.objects.filter(id__in=keys).delete()[0]
            run.progress(removed)
    return {"removed": removed}
