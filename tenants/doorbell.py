"""Doorbells (门铃): one shared, insert-only table in which a schema says that it has work to do.

The scheduler reads one table instead of asking a thousand schemas. The row is part of the
transaction that made the work, so it appears exactly when the work does.
"""

import uuid
from collections.abc import Iterable

from tenants.context import current_site
from tenants.keys import uuid7


def ring(kind: str, ref: uuid.UUID | None = None) -> None:
    """Leave a note of `kind` (about `ref`) for the scheduler, in the current transaction.

    A schema in the pool rings nothing: opening the bureau does it once the schema has an owner.
    """
    ring_many(kind, [ref])


def ring_many(kind: str, refs: Iterable[uuid.UUID | None]) -> None:
    """The same for many things at once, in one statement."""
    from tenants.models import Doorbell

    bureau = current_site().bureau
    if bureau is not None and bureau.id is None:
        return
    bureau_id = bureau.id if bureau else None
    Doorbell.objects.bulk_create(
        [Doorbell(id=uuid7(), bureau_id=bureau_id, kind=kind, ref=ref) for ref in refs],
    )
