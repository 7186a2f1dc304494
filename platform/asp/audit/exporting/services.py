"""Asking for an export, making it in the background, fetching it.

The job is the export's row: who asked, for what, and what came of it. The file is content that expires by
itself, so an attempt that died, or was cancelled after it had stored something, leaves nothing behind.
"""

import datetime
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any

from django.db import transaction
from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import get_language, gettext_lazy, override
from django.utils.translation import gettext as _

from asp.audit import chain
from asp.audit.actor import Actor
from asp.audit.exporting.about import Asked, about
from asp.audit.exporting.files import MEDIA_TYPES, plain, spreadsheet
from asp.audit.exporting.lines import columns, entries_until, lines
from asp.audit.filtering import Wanted, as_list, entries_wanted
from asp.audit.models import Entry
from asp.audit.services import record
from asp.audit.verifier import verify
from asp.blobs.errors import BlobGone
from asp.blobs.selectors import blob_find
from asp.blobs.services import blob_write, download_url
from asp.jobs.models import OPEN_STATES, Job, JobState
from asp.jobs.run import JobRun
from asp.jobs.services import job_named, job_start
from asp.ui.errors import Conflict
from asp.ui.moments import local

EXPORT = "audit.export"
KEPT = datetime.timedelta(hours=24)
PIECE = 1024 * 1024
SHOWN = 5


class NothingToExport(Conflict):
    """No entry fits the filter."""

    code = "audit.nothing_to_export"
    message = gettext_lazy("Nothing fits this filter, so there is nothing to export.")


class ExportUnderWay(Conflict):
    """One export at a time for each person."""

    code = "audit.export_under_way"
    message = gettext_lazy("Your last export is still being made. Wait for it, or cancel it.")


@dataclass(frozen=True, slots=True)
class Export:
    """An export as the person sees it who asked for it. `expires_at` is None while there is no file."""

    job: Job
    filename: str
    entries: int
    size: int
    expires_at: datetime.datetime | None

    @property
    def is_there(self) -> bool:
        """Whether it can be fetched."""
        return self.expires_at is not None and self.expires_at > timezone.now()


@transaction.atomic
def export_start(*, actor: Actor, wanted: Wanted, kind: str) -> Job:
    """Let an export of what fits be made, as "xlsx" or "csv", in the reader's language.

    Raises NothingToExport, ExportUnderWay, and ValueError for another kind of file.
    """
    if kind not in MEDIA_TYPES:
        raise ValueError(f"no export of kind {kind!r}")
    key = f"{EXPORT}:{actor.id}"
    if Job.objects.filter(key=key, state__in=OPEN_STATES).exists():
        raise ExportUnderWay
    newest = Entry.objects.order_by("-id").values_list("id", flat=True).first()
    if newest is None or not entries_wanted(wanted).exists():
        raise NothingToExport
    job = job_start(
        actor=actor,
        job=job_named(EXPORT),
        params={
            "wanted": wanted.as_params(),
            "kind": kind,
            "language": get_language(),
            "newest": newest,
        },
        title_params={"kind": kind},
        key=key,
    )
    record(
        actor=actor,
        action="audit.export_asked",
        target_kind="jobs.job",
        target_id=job.id,
        params={"kind": kind, "filter": as_list(wanted)},
    )
    return job


def export_make(
    run: JobRun, *, wanted: dict[str, Any], kind: str, language: str, newest: str
) -> dict[str, Any]:
    """Make the file in the background and return what came of it, as the job stores it.

    An attempt that died after it had stored the file is found by the entry that it left in the log.
    """
    done = _done_before(run)
    if done is not None:
        return done
    with override(language):
        return _make(run, wanted=Wanted.of_params(wanted), kind=kind, newest=uuid.UUID(newest))


def _make(run: JobRun, *, wanted: Wanted, kind: str, newest: uuid.UUID) -> dict[str, Any]:
    asked_at = Job.objects.values_list("created_at", flat=True).get(id=run.job_id)
    total = entries_until(wanted, newest).count()
    if not total:
        return {"entries": 0}
    report = verify(progress=lambda done, of: _tell(run, "checking", done, of))
    asked = Asked(wanted=wanted, by=run.actor_name, at=asked_at)
    count = 0

    def counted() -> Iterator[list[Any]]:
        nonlocal count
        for line in lines(wanted, newest):
            yield line
            count += 1
            if count % 500 == 0:
                _tell(run, "writing", count, max(total, count))

    write = spreadsheet if kind == "xlsx" else plain
    with write(columns(), counted(), lambda entries: about(asked, report, entries=entries)) as file:
        run.progress(count, count, code="storing")
        return _keep(run, file, kind=kind, entries=count, wanted=wanted)


@transaction.atomic
def _keep(run: JobRun, file: IO[bytes], *, kind: str, entries: int, wanted: Wanted) -> dict[str, Any]:
    actor, now = Actor.of_job(run), timezone.now()
    filename = f"{_('Audit log')}-{local(now):%Y%m%d-%H%M%S}.{kind}"
    blob = blob_write(
        actor=actor,
        data=iter(lambda: file.read(PIECE), b""),
        filename=filename,
        media_type=MEDIA_TYPES[kind],
        expires_at=now + KEPT,
        quotes=True,
    )
    facts = {
        "entries": entries,
        "filename": filename,
        "blob": str(blob.pk),
        "size": blob.size,
        "sha256": blob.sha256,
        "expires_at": (now + KEPT).isoformat(),
    }
    record(
        actor=actor,
        action="audit.exported",
        target_kind="jobs.job",
        target_id=run.job_id,
        target_name=filename,
        params={**facts, "filter": as_list(wanted)},
    )
    run.check()
    return facts


def _done_before(run: JobRun) -> dict[str, Any] | None:
    if run.attempt == 1:
        return None
    since = chain.first_key_at(Job.objects.values_list("created_at", flat=True).get(id=run.job_id))
    entry = Entry.objects.filter(id__gte=since, action="audit.exported", target_id=run.job_id).first()
    return {name: value for name, value in entry.params.items() if name != "filter"} if entry else None


def exports_of(account_id: uuid.UUID | None) -> list[Export]:
    """The latest exports that somebody asked for, newest first; older than a day only while they are made."""
    jobs = Job.objects.filter(name=EXPORT, actor_id=account_id)
    recent = jobs.filter(id__gte=chain.first_key_at(timezone.now() - KEPT - datetime.timedelta(hours=1)))
    return [_export(each) for each in recent.order_by("-id")[:SHOWN]]


@transaction.atomic
def export_fetch(*, actor: Actor, request: HttpRequest, job_id: uuid.UUID) -> str:
    """Return the address of an export's file for the one who asked for it, and nobody else.

    Raises Http404, and BlobGone once its day is over.
    """
    job = Job.objects.filter(id=job_id, name=EXPORT, actor_id=actor.id, state=JobState.DONE).first()
    export = _export(job) if job is not None else None
    if job is None or export is None or export.expires_at is None:
        raise Http404
    blob = blob_find(uuid.UUID((job.result or {})["blob"]))
    if blob is None or not export.is_there:
        raise BlobGone
    url = download_url(request=request, blob=blob, filename=export.filename)
    record(
        actor=actor,
        action="audit.export_fetched",
        target_kind="jobs.job",
        target_id=job.id,
        target_name=export.filename,
    )
    return url


def _export(job: Job) -> Export:
    result = job.result or {}
    at = result.get("expires_at")
    return Export(
        job=job,
        filename=result.get("filename", ""),
        entries=result.get("entries", 0),
        size=result.get("size", 0),
        expires_at=parse_datetime(at) if at else None,
    )


def _tell(run: JobRun, code: str, done: int, total: int) -> None:
    run.progress(done, total, code=code, params={"done": done, "total": total})
