"""The rows of uploads: declare, lease, note what arrived, end. No bytes here: see `asp.blobs.receiving`.

Whoever writes holds the upload's lease, and every note is an UPDATE on condition of it. A request that
was overtaken (a stalled connection, a paused machine) therefore notices before it changes anything.
"""

import datetime
import uuid
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from asp.audit.actor import Actor
from asp.audit.services import jsonable, record
from asp.blobs import keys, quota, writer
from asp.blobs.errors import UploadBusy, UploadOver
from asp.blobs.models import Blob, BlobState, Upload, UploadState
from asp.blobs.owners import Owner
from tenants.context import current_site
from tenants.keys import uuid7

LEASE = datetime.timedelta(seconds=15)
IDLE_LIMIT = datetime.timedelta(hours=24)
ABSOLUTE_LIMIT = datetime.timedelta(days=7)


@transaction.atomic
def upload_create(
    *,
    actor: Actor,
    owner: Owner,
    purpose: str,
    target: str,
    filename: str,
    length: int,
    declared_type: str,
    binding: dict[str, Any],
) -> Upload:
    """Declare an upload of `length` bytes and promise it the storage. Raises QuotaExceeded."""
    quota.reserve(length)
    blob = _new_blob(size=length, declared_type=declared_type, created_by=actor.id)
    return Upload.objects.create(
        blob=blob,
        purpose=purpose,
        target=target,
        filename=filename,
        binding=jsonable(binding),
        account_id=owner.account_id,
        draft_hash=owner.draft_hash,
        length=length,
        reserved=length,
        part_size=writer.part_size_for(length),
        expires_at=timezone.now() + IDLE_LIMIT,
    )


def upload_find(*, upload_id: uuid.UUID, owner: Owner) -> Upload | None:
    """Return an upload if it is the owner's, with its blob; None also if it is somebody else's."""
    row = Upload.objects.select_related("blob").filter(pk=upload_id).first()
    return row if row is not None and owner.owns(row) else None


@transaction.atomic
def lease_take(*, upload_id: uuid.UUID) -> uuid.UUID:
    """Become the one request that writes. Raises UploadBusy while another one does, UploadOver."""
    lease = uuid7()
    free = Upload.objects.filter(
        Q(lease=None) | Q(lease_until__lt=Now()), pk=upload_id, state=UploadState.RECEIVING
    )
    if not free.update(lease=lease, lease_until=Now() + LEASE):
        if Upload.objects.filter(pk=upload_id, state=UploadState.RECEIVING).exists():
            raise UploadBusy
        raise UploadOver
    return lease


@transaction.atomic
def lease_renew(*, upload_id: uuid.UUID, lease: uuid.UUID) -> None:
    """Stay the one that writes. Raises UploadBusy if that is over."""
    _note(upload_id, lease)


@transaction.atomic
def lease_give_back(*, upload_id: uuid.UUID, lease: uuid.UUID) -> None:
    """Let the next request write at once."""
    Upload.objects.filter(pk=upload_id, lease=lease).update(lease=None, lease_until=None)


@transaction.atomic
def part_intend(
    *, upload: Upload, lease: uuid.UUID, number: int, sha256: str, multipart: str, media_type: str
) -> bool:
    """Commit to sealing exactly these bytes as part `number`, before any of them is sealed.

    Return False if other bytes were intended for it before: under this blob's key those counters are
    spent, so the upload has to start again with another blob.
    """
    row = _locked(upload.pk, lease)
    if row.intent_part == number and row.intent_sha256 != sha256:
        return False
    row.intent_part, row.intent_sha256, row.multipart = number, sha256, multipart
    row.save(update_fields=["intent_part", "intent_sha256", "multipart"])
    if media_type:
        Blob.objects.filter(pk=row.blob_id).update(media_type=media_type)
    return True


@transaction.atomic
def part_store(*, upload: Upload, lease: uuid.UUID, parts: list[list[str]], offset: int) -> None:
    """Note that another whole part is safely in the store; any tail is part of it now."""
    _note(
        upload.pk,
        lease,
        parts=parts,
        offset=offset,
        intent_part=None,
        intent_sha256="",
        tail=None,
        tail_size=0,
        tail_key=None,
        expires_at=_expiry(upload),
    )


@transaction.atomic
def tail_store(
    *, upload: Upload, lease: uuid.UUID, tail: uuid.UUID, size: int, key: bytes, offset: int
) -> None:
    """Note that the beginning of the next part waits in an object of its own."""
    wrapped = keys.wrap_blob_key(site=current_site(), key=key, object_id=tail)
    _note(
        upload.pk,
        lease,
        tail=tail,
        tail_size=size,
        tail_key=wrapped,
        offset=offset,
        expires_at=_expiry(upload),
    )


@transaction.atomic
def tail_drop(*, upload: Upload, lease: uuid.UUID, offset: int) -> None:
    """The tail cannot be read any more: the client has to send it again from `offset`."""
    _note(upload.pk, lease, tail=None, tail_size=0, tail_key=None, offset=offset)


@transaction.atomic
def upload_restart(*, upload: Upload, lease: uuid.UUID) -> None:
    """Begin again from the first byte with another blob and key; the client is told so by the offset."""
    row = _locked(upload.pk, lease)
    _erase(row.blob)
    row.blob = _new_blob(
        size=row.length, declared_type=row.blob.declared_type, created_by=row.blob.created_by
    )
    row.offset, row.parts, row.multipart = 0, [], ""
    row.intent_part, row.intent_sha256 = None, ""
    row.tail, row.tail_size, row.tail_key = None, 0, None
    row.save()


@transaction.atomic
def upload_arrive(
    *, upload: Upload, lease: uuid.UUID, parts: list[list[str]], actor: Actor, finish: Any
) -> Upload:
    """The whole content is in the store: hand it to its purpose and start the check, all or nothing.

    `finish` is the purpose's. Whatever it raises undoes everything here.
    """
    from asp.blobs.tasks import check
    from asp.jobs import job_start

    row = _locked(upload.pk, lease)
    blob = row.blob
    blob.state = BlobState.CHECKING
    blob.save(update_fields=["state"])
    row.state, row.offset, row.parts, row.finished_at = UploadState.DONE, row.length, parts, timezone.now()
    row.tail, row.tail_size, row.tail_key = None, 0, None
    row.lease = row.lease_until = None
    row.result = jsonable(finish(actor, blob, row, row.binding) or {})
    # The storage account last: every upload of the site meets at that row.
    quota.settle(row.reserved)
    row.reserved = 0
    row.save()
    job_start(actor=actor, job=check, params={"blob_id": blob.id, "upload_id": row.id}, about=blob.id)
    return row


@transaction.atomic
def upload_refuse(
    *, upload: Upload, lease: uuid.UUID, actor: Actor, code: str, status: int, audited: str = ""
) -> None:
    """End an upload whose content may not be kept. With `audited`, put that action on record."""
    row = _locked(upload.pk, lease)
    row.refusal = {"code": code, "status": status}
    _close(row, UploadState.REFUSED)
    if audited:
        record(
            actor=actor,
            action=audited,
            target_kind="blobs.upload",
            target_id=row.pk,
            target_name=row.filename,
            params={"purpose": row.purpose, "size": row.length},
        )


@transaction.atomic
def upload_terminate(*, upload_id: uuid.UUID) -> None:
    """End an upload at its sender's wish, whoever writes just now. Raises UploadOver if it is over."""
    row = Upload.objects.select_for_update(of=("self",)).select_related("blob").get(pk=upload_id)
    if row.state != UploadState.RECEIVING:
        raise UploadOver
    _close(row, UploadState.TERMINATED)


@transaction.atomic
def upload_expire(*, upload_id: uuid.UUID) -> bool:
    """End an upload that waited too long, unless it is being written to; return whether it was ended."""
    row = (
        Upload.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("blob")
        .filter(Q(lease=None) | Q(lease_until__lt=Now()), pk=upload_id)
        .filter(state=UploadState.RECEIVING, expires_at__lt=timezone.now())
        .first()
    )
    if row is None:
        return False
    _close(row, UploadState.EXPIRED)
    return True


def _new_blob(*, size: int, declared_type: str, created_by: uuid.UUID | None) -> Blob:
    blob = Blob(size=size, declared_type=declared_type[:127], created_by=created_by)
    blob.wrapped_key = keys.wrap_blob_key(site=current_site(), key=keys.new_key(), object_id=blob.id)
    blob.save(force_insert=True)
    return blob


def _close(row: Upload, state: UploadState) -> None:
    quota.unreserve(row.reserved)
    _erase(row.blob)
    row.state, row.reserved, row.remains = state, 0, True
    row.finished_at = timezone.now()
    row.lease = row.lease_until = None
    row.save()


def _erase(blob: Blob) -> None:
    """It never became a file: without its key, what lies in the store is noise at once."""
    blob.state, blob.wrapped_key = BlobState.ERASED, None
    blob.save(update_fields=["state", "wrapped_key"])


def _locked(upload_id: uuid.UUID, lease: uuid.UUID) -> Upload:
    row = (
        Upload.objects.select_for_update(of=("self",))
        .select_related("blob")
        .filter(pk=upload_id, lease=lease, state=UploadState.RECEIVING)
        .first()
    )
    if row is None:
        raise UploadBusy
    return row


def _note(upload_id: uuid.UUID, lease: uuid.UUID, **fields: Any) -> None:
    held = Upload.objects.filter(pk=upload_id, lease=lease, state=UploadState.RECEIVING)
    if not held.update(lease_until=Now() + LEASE, **fields):
        raise UploadBusy


def _expiry(upload: Upload) -> datetime.datetime:
    """A day after the last byte, but a week after the first at most; a draft's day is not prolonged."""
    if upload.is_anonymous:
        return upload.expires_at
    return min(timezone.now() + IDLE_LIMIT, upload.created_at + ABSOLUTE_LIMIT)
