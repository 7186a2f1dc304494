"""The finishing check: read the stored object back, compare, tell its kind, look for secrecy marks."""

import hashlib
import logging
import uuid

from django.db import transaction
from django.utils import timezone

from asp.audit.actor import Actor
from asp.audit.services import record
from asp.blobs import marks, purposes, sniff, store
from asp.blobs.frames import BrokenObjectError
from asp.blobs.models import Blob, BlobState, Upload
from asp.blobs.sealed import SealedObject, object_name, sealed_object
from asp.blobs.services import blob_file
from tenants.context import current_site

log = logging.getLogger(__name__)

WHOLE, BROKEN, MARKED, WRONG_TYPE = "", "broken", "secret_mark", "media_type"


def blob_check(*, actor: Actor, blob_id: uuid.UUID, upload_id: uuid.UUID | None) -> BlobState | None:
    """Check one blob that was received; return its new state, or None if there is nothing to check.

    Raises StoreUnavailable: then the check is to be tried again.
    """
    blob = Blob.objects.filter(pk=blob_id, state=BlobState.CHECKING).first()
    if blob is None:
        return None
    upload = Upload.objects.filter(pk=upload_id, blob_id=blob_id).first() if upload_id else None
    sha256, media_type, finding = "", blob.media_type, BROKEN
    try:
        sealed = sealed_object(blob)
        sha256 = _read_back(sealed, upload)
        media_type = _kind(blob, sealed)
        finding = _judge(sealed, media_type, upload)
    except (BrokenObjectError, store.ObjectMissingError) as error:
        log.error("blob %s is broken: %s", blob_id, error)
    state = _settle(
        actor=actor, blob_id=blob_id, upload=upload, sha256=sha256, media_type=media_type, finding=finding
    )
    if finding == MARKED and state is not None:
        store.delete(object_name(current_site(), blob_id))
    return state


def _read_back(sealed: SealedObject, upload: Upload | None) -> str:
    """Return the SHA-256 of the whole, having compared each part with what was received."""
    stored = store.size_of(sealed.name)
    if stored != sealed.sealed_size:
        raise BrokenObjectError(f"{stored} bytes are stored, not {sealed.sealed_size}")
    whole = hashlib.sha256()
    part, parts, received = hashlib.sha256(), [], 0
    part_size = upload.part_size if upload else 0
    for piece in sealed.stream():
        whole.update(piece)
        part.update(piece)
        received += len(piece)
        if part_size and received % part_size == 0:
            parts.append(part.hexdigest())
            part = hashlib.sha256()
    if received != sealed.size:
        raise BrokenObjectError(f"{received} bytes came back, not {sealed.size}")
    if upload:
        if len(parts) < len(upload.parts):
            parts.append(part.hexdigest())
        if parts != [each[0] for each in upload.parts]:
            raise BrokenObjectError("what came back is not what was received")
    return whole.hexdigest()


def _kind(blob: Blob, sealed: SealedObject) -> str:
    head = sealed.read(0, sniff.HEAD_SIZE * 8)
    return sniff.refine(sniff.media_type_of(head, declared=blob.declared_type), blob_file(sealed))


def _judge(sealed: SealedObject, media_type: str, upload: Upload | None) -> str:
    head = sealed.read(0, marks.MOST_TEXT)
    is_text = sniff.is_text(head)
    if marks.text_is_marked(head) if is_text else marks.document_is_marked(blob_file(sealed)):
        return MARKED
    purpose = purposes.get(upload.purpose) if upload else None
    if purpose and purpose.media_types is not None and media_type not in purpose.media_types:
        return WRONG_TYPE
    return WHOLE


@transaction.atomic
def _settle(
    *, actor: Actor, blob_id: uuid.UUID, upload: Upload | None, sha256: str, media_type: str, finding: str
) -> BlobState | None:
    """Write the finding down, unless the blob was given up meanwhile."""
    blob = Blob.objects.select_for_update().filter(pk=blob_id, state=BlobState.CHECKING).first()
    if blob is None:
        return None
    blob.state = BlobState.BROKEN if finding else BlobState.READY
    blob.reason, blob.sha256, blob.media_type = finding, sha256, media_type
    blob.checked_at = timezone.now()
    if finding == MARKED:
        blob.wrapped_key = None  # not kept: from this moment nobody can read it
    blob.save()
    if finding:
        record(
            actor=actor,
            action="blobs.secret_refused" if finding == MARKED else "blobs.check_failed",
            target_kind="blobs.blob",
            target_id=blob.pk,
            target_name=upload.filename if upload else "",
            params={"size": blob.size, "reason": finding, "purpose": upload.purpose if upload else ""},
        )
    return BlobState(blob.state)
