"""What the pages of the insight write: that somebody took figures out, and that a simulation is wanted."""

import datetime

from django.db import transaction
from django.utils.translation import gettext

from asp.audit.actor import Actor
from asp.audit.services import record
from asp.jobs.models import Job
from asp.jobs.services import job_named, job_start
from office.workflow import audit_insight  # noqa: F401 (registers the sentences)
from office.workflow.insight.scope import Scope
from office.workflow.models import Process


@transaction.atomic
def figures_exported(*, actor: Actor, process: Process | None, scope: Scope) -> None:
    """Put on record that somebody took figures, which name people, out of the system."""
    record(
        actor=actor,
        action="workflow.figures_exported",
        target_kind="workflow.process" if process else "",
        target_id=process.pk if process else None,
        target_name=process.name if process else gettext("All processes"),
        params={"first": scope.first, "last": scope.last},
    )


@transaction.atomic
def instances_exported(*, actor: Actor, count: int) -> None:
    """Put on record that somebody took the list of instances, with titles and names, out of the system."""
    record(actor=actor, action="workflow.instances_exported", params={"count": count})


@transaction.atomic
def simulation_start(*, actor: Actor, process: Process, first: datetime.date, last: datetime.date) -> Job:
    """Let what was started from `first` to `last` be played through the draft of `process`, in the background.

    While one is under way for this process, that is the answer. Raises SimulationImpossible if the draft cannot run.
    """
    from office.workflow.insight.drafts import draft_of

    draft_of(process)
    job = job_start(
        actor=actor,
        job=job_named("workflow.simulate"),
        params={"process_id": process.pk, "first": first, "last": last},
        title_params={"name": process.name},
        key=f"workflow.simulate:{process.pk}",
        about=process.pk,
    )
    record(
        actor=actor,
        action="workflow.simulated",
        target_kind="workflow.process",
        target_id=process.pk,
        target_name=process.name,
        params={"first": first, "last": last},
    )
    return job
