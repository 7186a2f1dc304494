"""Which objects the rows of a database need: asked of a restored copy, without Django."""

from typing import Any

from psycopg2 import sql

from asp.blobs.frames import sealed_size
from asp.blobs.models import BlobState
from asp.blobs.sealed import HOST_PREFIX

# Whoever is being received has no object yet, and what was found broken may have none.
WHOLE = (BlobState.CHECKING.value, BlobState.READY.value)


def objects_needed(connection: Any) -> list[tuple[str, int]]:
    """Return name and stored size of every object that some schema's rows need."""
    found: list[tuple[str, int]] = []
    with connection.cursor() as cursor:
        cursor.execute("SELECT schema_name, storage_prefix FROM public.tenants_bureau")
        for schema, prefix in [("public", HOST_PREFIX), *cursor.fetchall()]:
            cursor.execute("SELECT to_regclass(format('%%I.blobs_blob', %s::text))", [schema])
            if cursor.fetchone()[0] is None:
                continue
            cursor.execute(
                sql.SQL("SELECT id, size FROM {} WHERE state IN %s").format(
                    sql.Identifier(schema, "blobs_blob")
                ),
                [WHOLE],
            )
            found += [(f"{prefix}/{blob}", sealed_size(size)) for blob, size in cursor.fetchall()]
    return found
