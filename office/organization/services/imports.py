"""The life of an import of people (人员导入): uploaded, checked, looked at, confirmed or discarded."""

import uuid
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from asp.audit.actor import Actor
from asp.audit.services import record
from asp.blobs.services import blob_release
from asp.jobs.models import Job
from asp.jobs.services import job_named, job_start
from office.organization import errors
from office.organization.importing.plan import Plan
from office.organization.models import Import, ImportState

if TYPE_CHECKING:
    from asp.blobs.models import Blob


@transaction.atomic
def import_begin(*, actor: Actor, blob: "Blob", filename: str) -> Import:
    """Take an uploaded spreadsheet, and let it be checked in the background."""
    found = Import.objects.create(
        filename=filename[:255], blob_id=blob.pk, created_by=actor.id, created_by_name=actor.name[:200]
    )
    _record(actor, "import_uploaded", found)
    _start(actor, found, "organization.import_check")
    return found


@transaction.atomic
def import_options(
    *, actor: Actor, import_id: uuid.UUID, create_departments: bool, create_posts: bool
) -> Import:
    """Choose what happens with departments and posts that do not exist. Raises ImportStateError."""
    del actor  # what counts is on record when the import is confirmed
    found = _locked(import_id)
    if found.state != ImportState.PREVIEWED:
        raise errors.ImportStateError
    found.create_departments, found.create_posts = create_departments, create_posts
    found.save(update_fields=["create_departments", "create_posts"])
    return found


@transaction.atomic
def import_confirm(*, actor: Actor, import_id: uuid.UUID) -> Import:
    """Let the import run. A second click finds it running and changes nothing.

    One whose work failed can be confirmed again. Raises ImportStateError.
    """
    found = _locked(import_id)
    if found.state == ImportState.DONE or is_working(found):
        return found
    if found.state not in (ImportState.PREVIEWED, ImportState.RUNNING):
        raise errors.ImportStateError
    found.state = ImportState.RUNNING
    found.save(update_fields=["state"])
    _record(actor, "import_confirmed", found)
    _start(actor, found, "organization.import_run")
    return found


@transaction.atomic
def import_discard(*, actor: Actor, import_id: uuid.UUID) -> Import:
    """Forget what was read from the file. Raises ImportStateError once it is running or done."""
    found = _locked(import_id)
    if found.state == ImportState.DISCARDED:
        return found
    if is_working(found) or found.state not in (
        ImportState.CHECKING,
        ImportState.PREVIEWED,
        ImportState.RUNNING,
    ):
        raise errors.ImportStateError
    _release(actor, found)
    found.state, found.rows, found.finished_at = ImportState.DISCARDED, None, timezone.now()
    found.save()
    _record(actor, "import_discarded", found)
    return found


@transaction.atomic
def import_checked(
    *, actor: Actor, found: Import, rows: list[dict[str, object]], counts: dict[str, int], ignored: list[str]
) -> None:
    """Keep what was read; the file itself is not needed any more. Does nothing if it is too late."""
    row = _locked(found.pk)
    if row.state != ImportState.CHECKING:
        return
    row.rows_write(rows)
    row.counts, row.ignored, row.state = counts, ignored[:20], ImportState.PREVIEWED
    _release(actor, row)
    row.save()


@transaction.atomic
def import_refused(*, actor: Actor, found: Import, code: str, params: dict[str, object]) -> None:
    """The file as a whole cannot be used, for reason `code` of `importing.texts.FILE`."""
    row = _locked(found.pk)
    if row.state != ImportState.CHECKING:
        return
    _release(actor, row)
    row.problem = {"code": code, "params": params}
    row.state, row.finished_at = ImportState.FAILED, timezone.now()
    row.save()


def import_finished(*, actor: Actor, row: Import, done: Plan) -> None:
    """Note the result, in the transaction that wrote the people; keep the refused rows for download."""
    row.counts, row.state, row.finished_at = done.counts, ImportState.DONE, timezone.now()
    wrong = [
        {"n": each.number, "v": each.values, "p": each.problems, "r": each.raw} for each in done.of("wrong")
    ]
    row.rows = None
    if wrong:
        row.rows_write(wrong)
    row.save()
    _record(actor, "import_finished", row, **done.counts)


def job_of(found: Import) -> Job | None:
    """The latest work on this import."""
    return Job.objects.filter(pk=found.job_id).first() if found.job_id else None


def is_working(found: Import) -> bool:
    """Whether the import is being checked or run right now."""
    if found.state not in (ImportState.CHECKING, ImportState.RUNNING):
        return False
    job = job_of(found)
    return job is not None and job.is_open


def _start(actor: Actor, found: Import, name: str) -> None:
    job = job_start(
        actor=actor,
        job=job_named(name),
        params={"import_id": found.pk},
        title_params={"filename": found.filename},
        key=f"{name}:{found.pk}",
        about=found.pk,
    )
    found.job_id = job.pk
    found.save(update_fields=["job_id"])


def _locked(import_id: uuid.UUID) -> Import:
    return Import.objects.select_for_update().get(pk=import_id)


def _release(actor: Actor, found: Import) -> None:
    from asp.blobs.models import Blob

    blob = Blob.objects.filter(pk=found.blob_id).first() if found.blob_id else None
    if blob is not None:
        blob_release(actor=actor, blob=blob)
    found.blob_id = None


def _record(actor: Actor, act: str, found: Import, **params: object) -> None:
    record(
        actor=actor,
        action=f"organization.{act}",
        target_kind="organization.import",
        target_id=found.pk,
        target_name=found.filename,
        params=params,
    )
