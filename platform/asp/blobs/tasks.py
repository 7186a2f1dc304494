"""Background work of the content store; `function.py` names this module."""

import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from asp.audit.actor import Actor
from asp.blobs import sweeping
from asp.jobs import JobRun, job, periodic


@job("blobs.check", scope="any", attempts=10, title=_("Check an uploaded file"))
def check(run: JobRun, *, blob_id: str, upload_id: str | None = None) -> dict[str, Any]:
    """Read an uploaded file back and set it ready or broken."""
    from asp.blobs.checking import blob_check

    actor = Actor(kind=run.actor_kind, id=run.actor_id, name=run.actor_name, request_id=run.request_id)
    state = blob_check(actor=actor, blob_id=UUID(blob_id), upload_id=UUID(upload_id) if upload_id else None)
    return {"state": state.value if state else None}


@periodic(every=datetime.timedelta(minutes=15))
@job("blobs.expire", scope="any", title=_("End uploads that waited too long"))
def expire(run: JobRun) -> dict[str, Any]:
    """Give back what unfinished uploads were promised, and let go what was kept for a day only."""
    run.check()
    return {"expired": sweeping.expire_uploads(), "over": sweeping.expire_blobs()}


@periodic(every=datetime.timedelta(hours=6))
@job("blobs.erase", scope="any", title=_("Erase deleted files"))
def erase(run: JobRun) -> dict[str, Any]:
    """Erase content that was given up long enough ago."""
    run.check()
    return {"erased": sweeping.erase_released()}


@periodic(every=datetime.timedelta(days=1))
@job("blobs.sweep", scope="any", title=_("Tidy up the file store"))
def sweep(run: JobRun) -> dict[str, Any]:
    """Delete what killed processes left in the store."""
    run.check()
    return {"deleted": sweeping.sweep_orphans()}
