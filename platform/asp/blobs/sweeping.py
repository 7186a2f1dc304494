"""Tidying up: uploads that nobody finishes, content that nobody owns, objects that no row names.

Everything here is idempotent: the row changes first, the store after it, and what the store did not do
is found again by the next round.
"""

import datetime
import logging
import uuid

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from asp.blobs import quota, store, uploads
from asp.blobs.models import HELD_STATES, Blob, BlobState, Upload, UploadState
from asp.blobs.sealed import object_name, prefix_of
from tenants.context import current_site

log = logging.getLogger(__name__)

KEEP_RELEASED = datetime.timedelta(days=7)  # time to notice a mistake, or to restore a backup
KEEP_RESULTS = datetime.timedelta(days=7)
KEEP_ORPHANS = datetime.timedelta(days=7)
BATCH = 500


def expire_uploads() -> int:
    """End the current site's uploads that waited too long, and tidy up after those that are over.

    Returns how many were ended. Drafts that nobody claimed lose their file. Raises StoreUnavailable
    after the rows are done, so that the next round goes on with the store.
    """
    waiting = Upload.objects.filter(state=UploadState.RECEIVING, expires_at__lt=timezone.now())
    expired = sum(uploads.upload_expire(upload_id=key) for key in _keys(waiting))
    unclaimed = Upload.objects.filter(
        state=UploadState.DONE, account_id=None, claimed=False, expires_at__lt=timezone.now()
    )
    for key in _keys(unclaimed):
        _draft_drop(upload_id=key)
    for upload_id in _keys(Upload.objects.filter(remains=True)):
        discard_remains(upload_id=upload_id)
    old = timezone.now() - KEEP_RESULTS
    Upload.objects.filter(remains=False, finished_at__lt=old).exclude(state=UploadState.RECEIVING).delete()
    return expired


def discard_remains(*, upload_id: uuid.UUID) -> None:
    """Delete what an ended upload left in the store. Raises StoreUnavailable; then it stays noted."""
    row = Upload.objects.filter(pk=upload_id, remains=True).first()
    if row is None:
        return
    site = current_site()
    name = object_name(site, row.blob_id)
    if row.multipart:
        store.multipart_abort(name, row.multipart)
    store.delete(name)
    if row.tail is not None:
        store.delete(object_name(site, row.tail))
    Upload.objects.filter(pk=upload_id).update(remains=False)


def expire_blobs() -> int:
    """Release and erase content whose time is over; return how many. Nothing is lost that anybody meant to keep.

    Raises StoreUnavailable; what was not erased then stays released, and the next round goes on.
    """
    over = Blob.objects.filter(expires_at__lt=timezone.now())
    for blob_id in _keys(over.filter(state__in=HELD_STATES)):
        _give_up(blob_id=blob_id)
    return _erase(over.filter(state=BlobState.RELEASED))


@transaction.atomic
def _give_up(*, blob_id: uuid.UUID) -> None:
    blob_give_up(blob=Blob.objects.select_for_update().get(pk=blob_id))


def erase_released(*, grace: datetime.timedelta = KEEP_RELEASED) -> int:
    """Erase content that was released before `grace`: the key from its row, the object from the store.

    Returns how many were erased. Raises StoreUnavailable; what was not erased then stays released.
    """
    return _erase(Blob.objects.filter(state=BlobState.RELEASED, released_at__lt=timezone.now() - grace))


def _erase(due: "QuerySet[Blob]") -> int:
    erased = 0
    for blob_id in _keys(due):
        # The object first: a row that says "erased" is the promise that nothing is left.
        store.delete(object_name(current_site(), blob_id))
        rows = Blob.objects.filter(pk=blob_id, state=BlobState.RELEASED)
        erased += rows.update(state=BlobState.ERASED, wrapped_key=None, sha256="")
    return erased


def sweep_orphans(*, grace: datetime.timedelta = KEEP_ORPHANS) -> int:
    """Delete objects and unfinished uploads older than `grace` that no row names.

    They come from transactions that were rolled back after the store had written, and from processes
    that were killed in between. Returns how many were deleted. A store full of objects without any row
    is somebody's wrong database, not rubbish: then nothing is deleted and RuntimeError raised.
    """
    site, before = current_site(), timezone.now() - grace
    prefix = f"{prefix_of(site)}/"
    old = [each.name for each in store.objects(prefix) if each.modified < before]
    orphans = [name for name in old if not _is_known(name)]
    if len(orphans) > 20 and len(orphans) * 2 > len(old):
        raise RuntimeError(
            f"{len(orphans)} of {len(old)} objects under {prefix} have no row; nothing was deleted"
        )
    for name in orphans:
        log.info("deleting the orphan %s", name)
        store.delete(name)
    known = set(Upload.objects.exclude(multipart="").values_list("multipart", flat=True))
    stale = [each for each in store.open_multiparts(prefix) if each.begun < before and each.id not in known]
    for each in stale:
        store.multipart_abort(each.name, each.id)
    return len(orphans) + len(stale)


def _is_known(name: str) -> bool:
    try:
        object_id = uuid.UUID(name.rpartition("/")[2])
    except ValueError:
        return False
    if Blob.objects.filter(pk=object_id).exclude(state=BlobState.ERASED).exists():
        return True
    return Upload.objects.filter(tail=object_id).exists()


@transaction.atomic
def _draft_drop(*, upload_id: uuid.UUID) -> None:
    """Nobody sent the form that this file was for."""
    row = Upload.objects.select_for_update().filter(pk=upload_id, claimed=False).first()
    if row is None:
        return
    blob = Blob.objects.select_for_update().get(pk=row.blob_id)
    blob_give_up(blob=blob)
    row.delete()


def blob_give_up(*, blob: Blob) -> bool:
    """Release a locked blob's row and its share of the quota; return whether it was held until now."""
    if blob.state not in HELD_STATES:
        return False
    blob.state, blob.released_at = BlobState.RELEASED, timezone.now()
    blob.save(update_fields=["state", "released_at"])
    quota.free(blob.size)
    return True


def _keys(rows: "QuerySet[Upload] | QuerySet[Blob]") -> list[uuid.UUID]:
    return list(rows.order_by("pk").values_list("pk", flat=True)[:BATCH])
