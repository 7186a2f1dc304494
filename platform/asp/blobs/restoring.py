"""After the bureau was put back to an earlier moment: contents that came since, uploads that were under way."""

import datetime

from django.db import connection

from asp.audit.actor import Actor
from asp.blobs.models import Blob, BlobState
from asp.jobs import job_start

ACTOR = Actor.system("console")

# Their objects are in the store. With a row they are erased in time, and found until then.
RELEASED = """
INSERT INTO blobs_blob SELECT b.* FROM before_blobs_blob b
WHERE b.state <> 'erased' AND NOT EXISTS (SELECT FROM blobs_blob n WHERE n.id = b.id)
"""
MARK_RELEASED = """
UPDATE blobs_blob n SET state = 'released', released_at = coalesce(n.released_at, now())
FROM before_blobs_blob b WHERE b.id = n.id AND n.id = ANY(%s)
"""
# The sweep ends them: their parts belong to another history.
EXPIRE = (
    "UPDATE blobs_upload SET expires_at = now(), lease = NULL, lease_until = NULL WHERE state = 'receiving'"
)
LIMIT = 'UPDATE blobs_storageaccount n SET "limit" = b."limit" FROM before_blobs_storageaccount b WHERE b.id = n.id'


def restored(*, at: datetime.datetime) -> dict[str, int]:  # noqa: ARG001 - every function's step is told
    """Release what came after that moment, end uploads, check again what was being checked."""
    from asp.blobs.tasks import check

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT b.id FROM before_blobs_blob b WHERE b.state <> 'erased'"
            " AND NOT EXISTS (SELECT FROM blobs_blob n WHERE n.id = b.id)"
        )
        later = [row[0] for row in cursor.fetchall()]
        cursor.execute(RELEASED)
        cursor.execute(MARK_RELEASED, [later])
        cursor.execute(EXPIRE)
        cursor.execute(LIMIT)
    for blob_id in Blob.objects.filter(state=BlobState.CHECKING).values_list("pk", flat=True):
        job_start(actor=ACTOR, job=check, params={"blob_id": blob_id}, about=blob_id)
    return {"contents_released": len(later)}
