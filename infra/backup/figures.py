"""What a database holds, in figures: rows and an order-independent digest of every table, at one moment."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import psycopg2
from psycopg2 import sql

from infra.backup.receiver import one
from infra.backup.trouble import BackupError

# The same text on both sides, whatever the roles' or the database's settings are.
SETTINGS = """
SET timezone = 'UTC'; SET datestyle = 'ISO, YMD'; SET intervalstyle = 'postgres'; SET bytea_output = 'hex';
SET extra_float_digits = 1; SET statement_timeout = 0; SET row_security = off; SET search_path = pg_catalog
"""
TABLES = """
SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND c.relpersistence = 'p' AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
ORDER BY 1, 2
"""
# Two sums of 64-bit hashes: independent of the order, and both would have to collide.
FIGURES = """
SELECT count(*), coalesce(sum(hashtextextended(t::text, 1)::numeric), 0)::text,
       coalesce(sum(hashtextextended(t::text, 2)::numeric), 0)::text FROM {} t
"""
QUIET_WITHIN = 30.0
PAUSE = 0.005


@dataclass(frozen=True)
class TableFigures:
    """`rows` is -1 for a table that this login may not read."""

    rows: int
    digest: str


Figures = dict[tuple[str, str], TableFigures]


def read(connection: Any) -> Figures:
    """The figures of every table, in the snapshot of the connection's transaction."""
    found: Figures = {}
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
        for schema, table in cursor.fetchall():
            cursor.execute("SAVEPOINT one")
            try:
                cursor.execute(sql.SQL(FIGURES).format(sql.Identifier(schema, table)))
                rows, first, second = cursor.fetchone()
                found[schema, table] = TableFigures(rows, f"{first}/{second}")
            except psycopg2.errors.InsufficientPrivilege:
                cursor.execute("ROLLBACK TO SAVEPOINT one")
                found[schema, table] = TableFigures(-1, "")
            cursor.execute("RELEASE SAVEPOINT one")
    return found


def begin(connection: Any) -> None:
    """Begin a transaction that sees one moment and changes nothing."""
    connection.set_session(isolation_level="REPEATABLE READ", readonly=True)
    with connection.cursor() as cursor:
        cursor.execute(SETTINGS)
        connection.commit()


def at_a_quiet_moment(url: str) -> tuple[Any, str]:
    """A connection whose transaction sees exactly what is committed at the returned place of the journal.

    Snapshot and place are two things, and a commit between them would be in one and not in the other. So both
    are taken in one statement, at a moment at which no transaction had anything to commit, which another
    connection confirms right after. Raises BackupError if there was no such moment.
    """
    connection, witness = psycopg2.connect(url), psycopg2.connect(url)
    try:
        witness.autocommit = True
        begin(connection)
        deadline = time.monotonic() + QUIET_WITHIN
        with witness.cursor() as seen, connection.cursor() as cursor:
            while time.monotonic() < deadline:
                cursor.execute("SELECT pg_current_snapshot()::text, pg_current_wal_insert_lsn()::text")
                snapshot, place = one(cursor)
                seen.execute("SELECT pg_current_snapshot()::text")
                least, most, _under_way = snapshot.split(":")
                if least == most and one(seen)[0] == snapshot:
                    # Recovery stops at a record at or behind the place: there has to be one.
                    seen.execute("SELECT pg_logical_emit_message(false, 'tongban', 'drill', true)")
                    return connection, place
                connection.rollback()
                time.sleep(PAUSE)
    except BaseException:
        connection.close()
        raise
    finally:
        witness.close()
    connection.close()
    raise BackupError("never_quiet")


def differences(living: Figures, restored: Figures) -> list[dict[str, Any]]:
    """Every table in which the two are not the same."""
    found = []
    for key in sorted({*living, *restored}):
        here, there = living.get(key), restored.get(key)
        if here != there:
            found.append(
                {
                    "schema": key[0],
                    "table": key[1],
                    "living": here.rows if here else None,
                    "restored": there.rows if there else None,
                }
            )
    return found
