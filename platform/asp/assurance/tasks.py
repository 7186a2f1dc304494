"""The self-test as background work: when the audit administrator asks for it, and once a month."""

import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from asp.assurance.runner import run_all
from asp.assurance.services import run_store, start_record
from asp.audit.actor import Actor
from asp.jobs import JobRun, job, periodic

MONTH = datetime.timedelta(days=30)


# By hand it is started on its own page, by those who watch over the office, not by those who run it.
@periodic(every=MONTH, by_hand=False)
@job(
    "assurance.self_test",
    title=_("Isolation self-test"),
    texts={"trying": _("Attempt {done} of {total}")},
    cancellable=True,
)
def self_test(run: JobRun) -> dict[str, int]:
    """Try every probe and keep what came of it; its start and its end are in the audit log."""
    started_at, actor = timezone.now(), Actor.of_job(run)
    if run.actor_kind == "system" and run.attempt == 1:
        with transaction.atomic():
            start_record(actor=actor)

    def progress(done: int, total: int) -> None:
        run.progress(done, total, code="trying", params={"done": done, "total": total})

    results = run_all(progress)
    stored = run_store(actor=actor, run_id=run.job_id, started_at=started_at, results=results)
    return {"held": stored.held, "broken": stored.broken, "not_tried": stored.not_tried}
