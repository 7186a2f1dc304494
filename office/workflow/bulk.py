"""Changing many rows with few statements."""

from collections.abc import Collection, Sequence
from typing import Any

PORTION = 500


def rows_update(rows: Collection[Any], fields: Sequence[str]) -> None:
    """Write `fields` of rows that were read whole and that nobody can delete, as no row of ours can be.

    An upsert of what is there: `bulk_update` builds a CASE of every row for every field, which took more than half of
    the time of timers that go off together (20 ms each, 5 ms now). Rows with fields left out go that slower way.
    """
    rows = list(rows)
    if not rows:
        return
    model = type(rows[0])
    if len(rows) == 1:
        rows[0].save(update_fields=fields)
    elif any(each.get_deferred_fields() for each in rows):
        model.objects.bulk_update(rows, fields, batch_size=PORTION)
    else:
        model.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["id"], update_fields=fields, batch_size=PORTION
        )
