"""Probes of background work: forged, foreign, repeated and poisoned messages of the queue."""

import dramatiq
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from asp.jobs import broker, sites
from asp.jobs.models import Job, JobState
from asp.jobs.registry import QUEUES
from asp.jobs.runner import Outcome, run_job
from tenants.context import current_bureau
from tenants.isolation.attempts import decoy
from tenants.isolation.registry import Finding, broken, held, not_tried, probe
from tenants.keys import uuid7


@probe(
    "jobs.context",
    control="10.context",
    title=_("Tasks under a false name"),
    explanation=_(
        "The queue carries a task's number and its office, signed. We change office, number, queue and signature of a "
        "genuine message, one after the other."
    ),
)
def context() -> Finding:
    job, queue, here = uuid7(), QUEUES[0], sites.bureau_key(current_bureau().id)
    signature = broker.sign(job, site_key=here, queue=queue)
    forged = [
        (str(job), sites.bureau_key(decoy().id), signature, queue),
        (str(job), sites.HOST_KEY, signature, queue),
        (str(uuid7()), here, signature, queue),
        (str(job), here, signature, QUEUES[1]),
        (str(job), here, signature[::-1], queue),
        (str(job), here, "", queue),
        ("1; SELECT 1", here, signature, queue),
    ]
    if not broker.is_genuine(str(job), here, signature, queue=queue):
        return not_tried(_("A genuine message was not recognised, so nothing can be said of forged ones."))
    taken = sum(broker.is_genuine(job_id, site, by, queue=where) for job_id, site, by, where in forged)
    if taken:
        return broken(_("{taken} of {tried} forged messages were taken."), taken=taken, tried=len(forged))
    return held(_("{tried} forged messages were refused."), tried=len(forged))


@probe(
    "jobs.home",
    control="3.queue",
    title=_("Tasks of other offices"),
    explanation=_("We ask for a task that this office does not have, and for an office that does not exist."),
)
def home() -> Finding:
    entered = True
    try:
        with sites.entered(sites.bureau_key(decoy().id)):
            pass
    except sites.UnknownSiteError:
        entered = False
    if entered or run_job(uuid7()) != Outcome.MISSING:
        return broken(_("A task was taken that is not this office's."))
    return held(_("Neither was found."))


@probe(
    "jobs.replay",
    control="16.tasks",
    title=_("A task that is over is sent again"),
    explanation=_(
        "A message may arrive twice, or be sent again by somebody. We send one of a task that has ended."
    ),
)
def replay() -> Finding:
    now = timezone.now()
    job = Job.objects.create(name="jobs.tidy", actor_kind="system", state=JobState.DONE, finished_at=now)
    outcome = run_job(job.id)
    job.refresh_from_db()
    if outcome != Outcome.OVER or job.attempts:
        return broken(_("The task was done a second time."))
    return held(_("Nothing happened: a task that is over stays over."))


@probe(
    "jobs.data",
    control="10.pickle",
    title=_("Nothing in the queue can run"),
    explanation=_(
        "What waits in the queue is data. We put something there that would run as a program if it were trusted."
    ),
)
def data() -> Finding:
    # What `pickle` writes for `str("x")`: harmless if it runs.
    packed = b"cbuiltins\nstr\n(Vx\ntR."
    try:
        dramatiq.get_encoder().decode(packed)
    except dramatiq.DecodeError:
        return held(_("It was not run."))
    return broken(_("A program in the queue was run."))
