"""Starting openings (开通) and noting how they ended. What an opening does is in `provisioning.opening`."""

from django.db import transaction
from django.utils import timezone

from asp.audit.actor import Actor
from asp.audit.services import record
from asp.jobs import job_start
from asp.jobs.models import Job
from asp.jobs.services import job_cancel
from asp.jobs.texts import INTERNAL, source_text
from asp.ui.errors import UserFacingError
from provisioning.errors import NotApproved
from provisioning.models import Application, ApplicationState, Event, EventKind, Opening, OpeningState


@transaction.atomic
def opening_start(*, actor: Actor, application: Application) -> Opening:
    """Start, or start again, the opening of an approved application's office.

    Pressed twice, or by two people: the same opening. Raises NotApproved.
    """
    from provisioning.tasks import open_bureau

    application = approved_locked(application)
    under_way = application.openings.filter(state__in=(OpeningState.WAITING, OpeningState.RUNNING)).first()
    if under_way is not None and _is_alive(under_way):
        return under_way
    if under_way is not None:
        _give_up(under_way)
    opening = Opening(
        application=application,
        number=application.openings.count() + 1,
        actor_kind=actor.kind,
        actor_id=actor.id,
        actor_name=actor.name,
    )
    job = job_start(
        actor=actor,
        job=open_bureau,
        params={"opening_id": opening.id},
        title_params={"name": application.name},
        key=f"provisioning.open:{application.id}",
        about=opening.id,
    )
    opening.job_id = job.id
    opening.save(force_insert=True)
    record(
        actor=actor,
        action="provisioning.opening_started",
        target_kind="provisioning.application",
        target_id=application.pk,
        target_name=application.name,
        params={"name": application.name, "number": opening.number},
    )
    return opening


def approved_locked(application: Application) -> Application:
    """Lock the row and return it fresh. Raises NotApproved."""
    locked = Application.objects.select_for_update().get(pk=application.pk)
    if locked.state != ApplicationState.APPROVED:
        raise NotApproved(params={"state": locked.get_state_display()})
    return locked


@transaction.atomic
def opening_stop(*, actor: Actor, opening: Opening) -> bool:
    """Stop an opening that waits or runs; it is taken back. Return whether there was anything to stop."""
    job = job_of(opening)
    if job is None or not opening.is_open or not job_cancel(job=job):
        return False
    record(
        actor=actor,
        action="provisioning.opening_stopped",
        target_kind="provisioning.application",
        target_id=opening.application_id,
        target_name=opening.application.name,
        params={"name": opening.application.name},
    )
    return True


@transaction.atomic
def opening_begin(*, opening: Opening) -> None:
    """Note that a worker has taken the opening up."""
    opening.state = OpeningState.RUNNING
    opening.started_at = timezone.now()
    opening.steps, opening.failed_step = [], ""
    opening.error_code, opening.error_text, opening.error_params = "", "", {}
    opening.save()


@transaction.atomic
def opening_fail(
    *, opening: Opening, step: str, steps: list[dict[str, object]], error: BaseException
) -> None:
    """Note why an opening did not succeed; nothing of it is left by then."""
    opening.state = OpeningState.FAILED
    opening.failed_step = step
    opening.steps = steps
    opening.finished_at = timezone.now()
    if isinstance(error, UserFacingError):
        opening.error_code = error.code
        opening.error_text = source_text(error.message)
        opening.error_params = {key: str(value) for key, value in error.params.items()}
    else:
        opening.error_code, opening.error_text = INTERNAL, ""
        opening.error_params = {"reference": str(opening.job_id or opening.id)}
    opening.save()
    Event.objects.create(application=opening.application, kind=EventKind.OPENING_FAILED)
    record(
        actor=Actor.system("provisioning"),
        action="provisioning.opening_failed",
        target_kind="provisioning.application",
        target_id=opening.application_id,
        target_name=opening.application.name,
        params={"name": opening.application.name, "step": step, "code": opening.error_code},
    )


@transaction.atomic
def opening_finish(*, opening: Opening, steps: list[dict[str, object]]) -> None:
    """Note that the office is open and how long each step took."""
    opening.state = OpeningState.DONE
    opening.steps = steps
    opening.finished_at = timezone.now()
    opening.save()


def job_of(opening: Opening) -> Job | None:
    """The background job of an opening, while it is kept."""
    return Job.objects.filter(pk=opening.job_id).first() if opening.job_id is not None else None


def _is_alive(opening: Opening) -> bool:
    """Whether its job still waits or runs; a job may end without telling (see asp.jobs)."""
    job = job_of(opening)
    return job is not None and job.is_open


def _give_up(opening: Opening) -> None:
    job = job_of(opening)
    opening.state = OpeningState.FAILED
    opening.finished_at = timezone.now()
    if job is not None:
        opening.error_code, opening.error_text = job.error_code, job.error_text
        opening.error_params = job.error_params
    opening.save()
