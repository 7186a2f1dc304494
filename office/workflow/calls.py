"""The job behind steps that a service does."""

import uuid
from typing import Any

from django.utils.translation import gettext_lazy as _

from asp.audit.actor import Actor
from asp.jobs import JobRun, job
from asp.ui.errors import UserFacingError
from office.workflow.services import calling

ATTEMPTS = 5


@job("workflow.service", title=_("Do the step “{name}”"), attempts=ATTEMPTS, retryable=False)
def service(run: JobRun, *, step_id: str) -> dict[str, Any]:
    """Call a service; what it refuses, or fails at again and again, is noted on its step."""
    actor = Actor(kind=run.actor_kind, id=run.actor_id, name=run.actor_name, request_id=run.request_id)
    key = uuid.UUID(step_id)
    try:
        return {"done": calling.service_call(actor=actor, step_id=key)}
    except UserFacingError as error:
        calling.service_failed(actor=actor, step_id=key, code=error.code)
        return {"refused": error.code}
    except Exception:
        if run.attempt >= ATTEMPTS:
            calling.service_failed(actor=actor, step_id=key, code="workflow.service_failed")
        raise
