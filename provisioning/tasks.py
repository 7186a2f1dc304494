"""Background work of provisioning: openings, the pool, and what follows from activations."""

import logging
import uuid
from collections.abc import Sequence
from typing import Any

from django.db import InterfaceError, OperationalError, transaction
from django.utils.translation import gettext_lazy as _

from asp.jobs import JobRun, job, periodic
from asp.jobs.bells import Answer, Bell, answers
from asp.jobs.models import Job, JobState
from asp.jobs.run import JobStopped
from provisioning import figures, limits
from provisioning.errors import OpeningStopped, UpgradeFailed, UpgradeUnderWay
from provisioning.models import ApplicationState, Opening, OpeningState
from provisioning.opening import STEPS, Steps, open_office
from provisioning.services import activation, drafts
from provisioning.services.fleet import fleet_upgraded
from provisioning.services.openings import opening_begin, opening_fail, opening_finish
from tenants import fleet, pool
from tenants.advisory import Taken
from tenants.context import current_bureau, host_context

log = logging.getLogger(__name__)

STEP_TEXTS = {
    "check": _("Checking code, address and administrators"),
    "storage": _("Trying the storage"),
    "key": _("Making the bureau's key"),
    "schema": _("Claiming a ready schema"),
    "office": _("Writing the bureau, its functions and storage quota"),
    "administrators": _("Creating the three administrators"),
    "self_check": _("Self-check: address, key, storage, audit log"),
    "publish": _("Publishing the address"),
}


@job(
    "provisioning.open_bureau",
    scope="host",
    queue="provisioning",
    attempts=1,
    title=_("Open the office of {name}"),
    texts=STEP_TEXTS,
)
def open_bureau(run: JobRun, *, opening_id: str) -> dict[str, Any] | None:
    """Open an office. May run again after a worker vanished: what was committed is not done twice."""
    opening = Opening.objects.select_related("application").get(pk=opening_id)
    application = opening.application
    if opening.state == OpeningState.DONE or application.state == ApplicationState.OPENED:
        if opening.state != OpeningState.DONE:
            opening_finish(opening=opening, steps=opening.steps)
        return {"bureau": str(application.bureau_id)}
    opening_begin(opening=opening)

    def report(code: str, done: list[dict[str, Any]]) -> None:
        run.progress(STEPS.index(code), len(STEPS), code=code, params={"steps": done})

    steps = Steps(report)
    try:
        bureau = open_office(opening=opening, steps=steps)
    except JobStopped:
        if Job.objects.filter(pk=run.job_id, state=JobState.CANCELLED).exists():
            opening_fail(opening=opening, step=steps.current, steps=steps.done, error=OpeningStopped())
        raise
    except (OperationalError, InterfaceError):
        raise  # the database went away: the job comes back by itself
    except Exception as error:
        opening_fail(opening=opening, step=steps.current, steps=steps.done, error=error)
        raise
    Opening.objects.filter(pk=opening.pk).update(steps=steps.done)
    run.progress(len(STEPS), len(STEPS), code="publish", params={"steps": steps.done})
    return {"bureau": str(bureau.id)}


UPGRADE_TEXTS = {
    "office": _("{name} is current"),
    "failed": _("{name} could not be upgraded"),
}


def _upgrade(run: JobRun, only: list[uuid.UUID] | None) -> dict[str, Any]:
    def tell(progress: fleet.rollout.Progress) -> None:
        with host_context():
            run.progress(
                progress.done,
                progress.total,
                code="failed" if progress.error else "office",
                params={"name": progress.slug},
            )

    try:
        outcome = fleet.bureaus_upgrade(only=only, tell=tell)
    except Taken:
        raise UpgradeUnderWay from None
    fleet_upgraded(outcome=outcome)
    if outcome.failed:
        raise UpgradeFailed(params={"done": outcome.done, "failed": outcome.failed})
    return {"done": outcome.done}


@job(
    "provisioning.upgrade_fleet",
    scope="host",
    queue="provisioning",
    attempts=1,
    title=_("Upgrade all offices that are not current"),
    texts=UPGRADE_TEXTS,
)
def upgrade_fleet(run: JobRun) -> dict[str, Any] | None:
    """Bring the outdated offices to the code's version, the canary first."""
    return _upgrade(run, None)


@job(
    "provisioning.upgrade_bureau",
    scope="host",
    queue="provisioning",
    attempts=1,
    title=_("Upgrade the office of {name}"),
    texts=UPGRADE_TEXTS,
)
def upgrade_bureau(run: JobRun, *, bureau_id: str) -> dict[str, Any] | None:
    """Bring one outdated office to the code's version."""
    return _upgrade(run, [uuid.UUID(bureau_id)])


@periodic(every=60)
@job(
    "provisioning.refill_pool",
    scope="host",
    queue="provisioning",
    title=_("Refill the pool of ready schemas"),
)
def refill_pool(run: JobRun) -> dict[str, Any] | None:  # noqa: ARG001
    """Build ready schemas until enough of the code's version wait."""
    built = pool.fill()
    return {"built": built}


@periodic(every=3600)
@job("provisioning.tidy", scope="host", title=_("Remove forgotten drafts and old counters"))
def tidy(run: JobRun) -> dict[str, Any] | None:  # noqa: ARG001
    """Drafts that nobody touched for a month, and rate limits that are over."""
    return {"drafts": drafts.drafts_expire(), "counters": limits.forget_old()}


@periodic(every=60)
@job("provisioning.activate_bureaus", scope="host", title=_("Look which offices are ready for work"))
def activate_bureaus(run: JobRun) -> dict[str, Any] | None:  # noqa: ARG001
    """Catch up on offices whose doorbell was missed."""
    return {"activated": activation.bureaus_refresh()}


@periodic(every=300)
@job("provisioning.report_figures", title=_("Report figures to the host"))
def report_figures(run: JobRun) -> dict[str, Any] | None:  # noqa: ARG001
    """Tell the host how many people there are, how much is stored, and whether something is wrong."""
    with transaction.atomic():
        figures.report_send()
    return None


@answers("office_ready")
def office_ready(bells: Sequence[Bell]) -> Answer:
    """All three administrators of the ringing bureau are active: its office is, too."""
    bureau_id = current_bureau().id
    if bureau_id is not None:
        with host_context():
            activation.bureau_refresh(bureau_id=bureau_id)
    return Answer.all(bells)
