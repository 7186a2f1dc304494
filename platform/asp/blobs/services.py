"""The public door of the content store (内容存储): every other module is private to this app."""

import datetime
import io
import logging
from collections.abc import Iterable
from uuid import UUID

from django.db import InterfaceError, OperationalError, transaction
from django.http import Http404, HttpRequest
from django.utils import timezone

from asp.audit.actor import Actor
from asp.blobs import keys, links, marks, quota, sniff, store
from asp.blobs.errors import BlobGone, BlobNotReady, QuotaExceeded, SecretMarkRefused, StoreUnavailable
from asp.blobs.models import Blob, BlobState, Upload, UploadState
from asp.blobs.names import clean_filename
from asp.blobs.owners import owner_of
from asp.blobs.quota import Quota
from asp.blobs.sealed import SealedObject, SealedReader, object_name, sealed_object
from asp.blobs.sweeping import blob_give_up
from asp.blobs.writer import write_object
from tenants.context import current_site
from tenants.keys import uuid7

__all__ = [
    "Quota",
    "blob_file",
    "blob_open",
    "blob_release",
    "blob_write",
    "download_url",
    "draft_claim",
    "quota_get",
    "quota_set",
]

log = logging.getLogger(__name__)

OPEN_BUFFER = 64 * 1024


def blob_write(
    *,
    actor: Actor,
    data: bytes | Iterable[bytes],
    filename: str,
    media_type: str = "",
    expires_at: datetime.datetime | None = None,
    quotes: bool = False,
) -> Blob:
    """Store content that the system made or received itself; the blob is ready at once.

    `filename` is checked and not kept: the owner of the blob keeps it. The object is written before the
    caller's transaction commits; if that is rolled back, the object is an orphan which the sweep finds.
    With `expires_at` the content goes by itself, and nobody need own it. `quotes`: the text repeats what others
    have written, such as the name of a file that was refused, so a secrecy mark in it is none of its own.
    Raises FileNameRefused, SecretMarkRefused, QuotaExceeded, StoreUnavailable.
    """
    if marks.is_marked(clean_filename(filename)):
        raise SecretMarkRefused
    if isinstance(data, bytes) and quota.quota_get().free < len(data):
        raise QuotaExceeded
    site, blob_id, key = current_site(), uuid7(), keys.new_key()
    name = object_name(site, blob_id)
    written = write_object(name=name, object_id=blob_id, key=key, data=data)
    try:
        kind = sniff.media_type_of(written.head, declared=media_type)
        if written.whole is not None:
            kind = sniff.refine(kind, io.BytesIO(written.whole))
            if not quotes and sniff.is_text(written.head) and marks.text_is_marked(written.whole):
                raise SecretMarkRefused
        with transaction.atomic():
            quota.use(written.size)
            return Blob.objects.create(
                id=blob_id,
                size=written.size,
                sha256=written.sha256,
                media_type=kind,
                declared_type=media_type[:127],
                wrapped_key=keys.wrap_blob_key(site=site, key=key, object_id=blob_id),
                state=BlobState.READY,
                created_by=actor.id,
                checked_at=timezone.now(),
                expires_at=expires_at,
            )
    except (OperationalError, InterfaceError):
        raise  # perhaps it was committed, and only the answer was lost: an orphan is for the sweep
    except BaseException:
        try:
            store.delete(name)
        except StoreUnavailable:
            pass  # an orphan for the sweep; what went wrong first is what the caller has to know
        raise


def blob_open(blob: Blob) -> io.BufferedReader:
    """Return the content as a seekable binary file; frames are opened as they are read.

    Works for content that is still being checked too, because each frame proves itself. Raises
    BlobNotReady or BlobGone; reading raises BrokenObjectError and StoreUnavailable.
    """
    if blob.state in (BlobState.RECEIVING, BlobState.BROKEN):
        raise BlobNotReady
    return blob_file(sealed_object(blob))


def blob_file(sealed: SealedObject) -> io.BufferedReader:
    """The same for a handle that was made before."""
    return io.BufferedReader(SealedReader(sealed), buffer_size=OPEN_BUFFER)


@transaction.atomic
def blob_release(*, actor: Actor, blob: Blob) -> None:
    """Give content up: its owner has deleted it for good. The quota is free at once.

    The object is erased after a grace of seven days. Repeating it changes nothing. `actor` is whoever
    deletes; the owner's service puts it on record with the name of the thing.
    """
    row = Blob.objects.select_for_update().get(pk=blob.pk)
    if blob_give_up(blob=row):
        blob.state, blob.released_at = row.state, row.released_at
        log.info("blob %s was released by %s %s", blob.pk, actor.kind, actor.id)


def quota_get() -> Quota:
    """Return what the current site may store, stores, and has promised to uploads, in bytes."""
    return quota.quota_get()


def quota_set(*, limit: int) -> None:
    """Set the current site's limit in bytes. Whoever decides it (provisioning) puts it on record."""
    if limit < 0:
        raise ValueError("a quota cannot be negative")
    quota.limit_set(limit)


def download_url(*, request: HttpRequest, blob: Blob, filename: str, inline: bool = False) -> str:
    """Return an address on the content origin that gives this content for five minutes.

    The caller has checked that the person of `request` may have it. Raises BlobNotReady, BlobGone.
    """
    log.debug("an address of blob %s for account %s", blob.pk, request.user.pk)
    if blob.state in (BlobState.RELEASED, BlobState.ERASED):
        raise BlobGone
    if not blob.is_ready:
        raise BlobNotReady
    return links.content_url(site=current_site(), blob_id=blob.pk, filename=filename, inline=inline)


@transaction.atomic
def draft_claim(*, request: HttpRequest, upload_id: UUID, purpose: str) -> Blob:
    """Take over the file that this browser uploaded for a form, now that the form is sent.

    Raises Http404 unless it arrived for `purpose` and belongs to the same browser or account.
    """
    owner = owner_of(request)
    rows = Upload.objects.select_for_update(of=("self",)).select_related("blob")
    row = rows.filter(pk=upload_id, purpose=purpose, state=UploadState.DONE).first()
    if row is None or owner is None or not owner.owns(row):
        raise Http404
    row.claimed = True
    row.save(update_fields=["claimed"])
    return row.blob
