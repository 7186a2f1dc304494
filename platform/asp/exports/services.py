"""Asking for an export, making it, fetching it.

The job is the export's row: who asked, for what, and what came of it. The file is content that expires by itself, so an
attempt that died after it had stored something leaves nothing behind. A function declares its export by a job whose name
it passes to `known`, starts it with `export_start` and ends it with `export_write`.
"""

import datetime
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from asp.audit.actor import Actor
from asp.audit.exporting.lines import Column, Value
from asp.audit.services import record
from asp.blobs.errors import BlobGone
from asp.blobs.selectors import blob_find
from asp.blobs.services import blob_write, download_url
from asp.jobs.models import OPEN_STATES, Job, JobState
from asp.jobs.registry import JobSpec
from asp.jobs.run import JobRun
from asp.jobs.services import job_start
from asp.ui.errors import Conflict
from asp.ui.moments import local

KEPT = datetime.timedelta(hours=24)
PIECE = 1024 * 1024
SHOWN = 3
TOLD_EVERY = 500
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# What such a job says of its progress: for `texts` of its declaration.
TEXTS = {"writing": _("Writing row {done} of {total}"), "storing": _("Storing the file")}

_known: set[str] = set()


class ExportUnderWay(Conflict):
    """One at a time for each person and kind."""

    code = "exports.under_way"
    message = _("Your last export is still being made. Wait for it, or cancel it.")


@dataclass(frozen=True, slots=True)
class Export:
    """An export as the person sees it who asked for it. `expires_at` is None while there is no file."""

    job: Job
    filename: str
    rows: int
    size: int
    expires_at: datetime.datetime | None

    @property
    def is_there(self) -> bool:
        """Whether it can be fetched."""
        return self.expires_at is not None and self.expires_at > timezone.now()


@dataclass(frozen=True, slots=True)
class Card:
    """What a page shows of one kind of export."""

    name: str
    exports: list[Export]


def known(name: str) -> None:
    """Say that the job called `name` makes exports."""
    _known.add(name)


def is_known(name: str) -> bool:
    """Whether the job called `name` makes exports."""
    return name in _known


@transaction.atomic
def export_start(
    *, actor: Actor, job: JobSpec, params: Mapping[str, Any], title_params: Mapping[str, Any] | None = None
) -> Job:
    """Let an export be made in the reader's language: the job gets `params` and `language`. Raises ExportUnderWay."""
    assert job.name in _known, f"{job.name} was not declared by known()"
    key = f"{job.name}:{actor.id}"
    if Job.objects.filter(key=key, state__in=OPEN_STATES).exists():
        raise ExportUnderWay
    made = job_start(
        actor=actor,
        job=job,
        params={**params, "language": get_language()},
        title_params=title_params,
        key=key,
    )
    record(
        actor=actor,
        action="exports.asked",
        target_kind="jobs.job",
        target_id=made.id,
        params={"job": job.name, **params},
    )
    return made


def export_write(
    run: JobRun,
    *,
    stem: str,
    sheet: str,
    columns: Sequence[Column],
    rows: Iterable[list[Value]],
    total: int,
    about: Callable[[int], list[tuple[str, str]]],
) -> dict[str, Any]:
    """Write the spreadsheet and return what the job stores of it.

    `stem` begins the file's name, `sheet` is the title of the table, `about` says on a sheet of its own what it is,
    given how many rows there were. An attempt that died after it had stored the file is found by its entry of the log.
    """
    # Late: only jobs write spreadsheets.
    from asp.audit.exporting.files import spreadsheet

    done = _done_before(run)
    if done is not None:
        return done
    count = 0

    def counted() -> Iterator[list[Value]]:
        nonlocal count
        for row in rows:
            yield row
            count += 1
            if count % TOLD_EVERY == 0:
                run.progress(
                    count,
                    max(total, count),
                    code="writing",
                    params={"done": count, "total": max(total, count)},
                )

    with spreadsheet(list(columns), counted(), about, title=sheet) as file:
        run.progress(count, count, code="storing")
        return _keep(run, iter(lambda: file.read(PIECE), b""), stem=stem, rows=count)


@transaction.atomic
def _keep(run: JobRun, pieces: Iterator[bytes], *, stem: str, rows: Any) -> dict[str, Any]:
    actor, now = Actor.of_job(run), timezone.now()
    filename = f"{stem}-{local(now):%Y%m%d-%H%M%S}.xlsx"
    blob = blob_write(
        actor=actor, data=pieces, filename=filename, media_type=XLSX, expires_at=now + KEPT, quotes=True
    )
    facts = {
        "rows": rows,
        "filename": filename,
        "blob": str(blob.pk),
        "size": blob.size,
        "sha256": blob.sha256,
        "expires_at": (now + KEPT).isoformat(),
    }
    record(
        actor=actor,
        action="exports.made",
        target_kind="jobs.job",
        target_id=run.job_id,
        target_name=filename,
        params=facts,
    )
    run.check()
    return facts


def _done_before(run: JobRun) -> dict[str, Any] | None:
    if run.attempt == 1:
        return None
    from asp.audit.models import Entry

    entry = Entry.objects.filter(action="exports.made", target_id=run.job_id).first()
    return dict(entry.params) if entry else None


def card_of(account_id: uuid.UUID | None, name: str) -> Card:
    """The latest exports of one kind that somebody asked for, newest first."""
    since = timezone.now() - KEPT - datetime.timedelta(hours=1)
    jobs = Job.objects.filter(name=name, actor_id=account_id, created_at__gte=since)
    return Card(name, [_export(each) for each in jobs.order_by("-id")[:SHOWN]])


@transaction.atomic
def export_fetch(*, actor: Actor, request: HttpRequest, job_id: uuid.UUID) -> str:
    """Return the address of an export's file for the one who asked for it, and nobody else.

    Raises Http404, and BlobGone once its day is over.
    """
    job = Job.objects.filter(id=job_id, name__in=_known, actor_id=actor.id, state=JobState.DONE).first()
    export = _export(job) if job is not None else None
    if job is None or export is None or export.expires_at is None:
        raise Http404
    blob = blob_find(uuid.UUID((job.result or {})["blob"]))
    if blob is None or not export.is_there:
        raise BlobGone
    url = download_url(request=request, blob=blob, filename=export.filename)
    record(
        actor=actor,
        action="exports.fetched",
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
        rows=result.get("rows", 0),
        size=result.get("size", 0),
        expires_at=parse_datetime(at) if at else None,
    )
