"""Background work of the organization."""

import io
import uuid
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from asp.audit.actor import Actor
from asp.blobs.models import Blob
from asp.blobs.services import blob_open
from asp.jobs import JobRun, job
from office.organization import errors
from office.organization.importing import apply, cleaning, reader
from office.organization.importing.plan import plan
from office.organization.models import Import, ImportState
from office.organization.services import imports


@job(
    "organization.import_check",
    title=_("Check staff file {filename}"),
    texts={"read": _("Reading the file"), "compare": _("Comparing with the people there are")},
    cancellable=True,  # the import can be discarded then
)
def import_check(run: JobRun, *, import_id: str) -> dict[str, Any] | None:
    """Read an uploaded file and keep its rows for the preview."""
    found = Import.objects.filter(pk=uuid.UUID(import_id), state=ImportState.CHECKING).first()
    if found is None or found.blob_id is None:
        return None
    actor = actor_of(run)
    run.progress(0, 2, code="read")
    try:
        with blob_open(Blob.objects.get(pk=found.blob_id)) as file:
            # At most 5 MB, and a ZIP archive is read from the end: better in memory than by ranges.
            sheet = reader.read(io.BytesIO(file.read()))
    except errors.ImportRefused as refused:
        imports.import_refused(actor=actor, found=found, code=refused.code, params=refused.params)
        return {"refused": refused.code}
    rows = cleaning.clean_rows(sheet.rows)
    run.progress(1, 2, code="compare")
    counts = plan(rows, create_departments=False, create_posts=False).counts
    imports.import_checked(actor=actor, found=found, rows=rows, counts=counts, ignored=sheet.ignored)
    run.progress(2, 2, code="compare")
    return counts


@job(
    "organization.import_run",
    title=_("Import staff from {filename}"),
    texts={
        "structure": _("Creating departments and posts"),
        "people": _("Writing people"),
        "memberships": _("Updating who belongs where"),
    },
    cancellable=True,  # all in one transaction
    retryable=False,  # the import's own page starts it again
)
def import_run(run: JobRun, *, import_id: str) -> dict[str, Any] | None:
    """Write a confirmed import: all of it in one transaction, which a repetition finds done."""
    actor = actor_of(run)
    with transaction.atomic():
        found = Import.objects.select_for_update().get(pk=uuid.UUID(import_id))
        if found.state != ImportState.RUNNING:
            return None
        done = apply.apply(
            actor=actor,
            rows=found.rows_read(),
            filename=found.filename,
            create_departments=found.create_departments,
            create_posts=found.create_posts,
            progress=lambda count, total, code: run.progress(count, total, code=code),
        )
        imports.import_finished(actor=actor, row=found, done=done)
        total = len(done.rows)
        run.check()
    run.progress(total, total, code="memberships")
    return done.counts


def actor_of(run: JobRun) -> Actor:
    """The person who asked for the work."""
    return Actor(kind=run.actor_kind, id=run.actor_id, name=run.actor_name, request_id=run.request_id)
