"""Reads for other apps."""

from uuid import UUID

from asp.blobs.models import Blob, Upload


def blob_find(blob_id: UUID) -> Blob | None:
    """Return a blob of the current site; the caller decides who may see it."""
    return Blob.objects.filter(pk=blob_id).first()


def upload_for(blob_id: UUID) -> Upload | None:
    """Return the upload by which a blob came, while it is kept (a week)."""
    return Upload.objects.filter(blob_id=blob_id).first()
