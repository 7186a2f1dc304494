"""What probes are made of: statements that are undone, and a bureau that does not exist."""

import secrets
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from psycopg2 import sql

from tenants.context import PUBLIC, current_bureau
from tenants.keys import uuid7
from tenants.site import BureauRef, Site

# Of a thousand other schemas so many are tried one by one; all are asked for in the catalogue.
SAMPLE = 5
TABLES_OF_EACH = 4
INSUFFICIENT_PRIVILEGE = "42501"

_SCHEMAS = """
SELECT nspname FROM pg_namespace
WHERE nspname NOT IN (%s, 'public', 'information_schema') AND nspname NOT LIKE 'pg\\_%%'
ORDER BY random() LIMIT %s
"""
_TABLES = """
SELECT c.relname, (SELECT attname FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum = 1)
FROM pg_class c WHERE c.relnamespace = %s::regnamespace AND c.relkind = 'r' ORDER BY random() LIMIT %s
"""

Table = tuple[str, str, str]
Statement = str | sql.Composable


def done(statement: Statement, params: Iterable[Any] = ()) -> bool:
    """Return whether the database did it, or refused for want of a right. What it did is undone.

    Raises DatabaseError for any other reason: then nothing is known.
    """
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, list(params))
            transaction.set_rollback(True)
    except DatabaseError as error:
        if getattr(error.__cause__, "pgcode", None) == INSUFFICIENT_PRIVILEGE:
            return False
        raise
    return True


def rows(statement: str, params: Iterable[Any] = ()) -> list[tuple[Any, ...]]:
    """Return what a question to the catalogue answers."""
    with connection.cursor() as cursor:
        cursor.execute(statement, list(params))
        return [tuple(row) for row in cursor.fetchall()]


def one(statement: str, params: Iterable[Any] = ()) -> Any:
    """Return the single value of a question to the catalogue."""
    return rows(statement, params)[0][0]


def other_schemas(most: int = SAMPLE) -> list[str]:
    """Return some schemas that are neither the current bureau's nor the public one, at random."""
    return [str(name) for (name,) in rows(_SCHEMAS, [current_bureau().schema, most])]


def tables_of(schema: str, most: int = TABLES_OF_EACH) -> list[Table]:
    """Return some tables of a schema, each with its schema and its first column."""
    return [(schema, str(name), str(column)) for name, column in rows(_TABLES, [schema, most])]


def own_tables() -> list[Table]:
    """Return every table of the current bureau."""
    return tables_of(current_bureau().schema, 10_000)


def public_tables() -> list[Table]:
    """Return every table that host and hall work with."""
    return tables_of(PUBLIC, 10_000)


# None of these touches a row: PostgreSQL asks for the right first.
def reading(table: Table) -> sql.Composable:
    """A statement that would read the table."""
    return sql.SQL("SELECT 1 FROM {} LIMIT 0").format(sql.Identifier(*table[:2]))


def writing(table: Table, action: str) -> sql.Composable:
    """A statement that would INSERT into, UPDATE or DELETE from the table."""
    name, column = sql.Identifier(*table[:2]), sql.Identifier(table[2])
    text = {
        "INSERT": "INSERT INTO {name} ({column}) SELECT NULL WHERE false",
        "UPDATE": "UPDATE {name} SET {column} = NULL WHERE false",
        "DELETE": "DELETE FROM {name} WHERE false",
    }[action]
    return sql.SQL(text).format(name=name, column=column)


def decoy(wrapped_key: bytes = b"") -> BureauRef:
    """Return a bureau that does not exist. Its context serves for keys and names, not for the database."""
    name = f"{settings.ASP.schema_prefix}decoy_{secrets.token_hex(6)}"
    return BureauRef(
        id=uuid7(),
        schema=name,
        slug="decoy",
        storage_prefix=f"decoy-{secrets.token_hex(10)}",
        wrapped_key=wrapped_key,
    )


def decoy_site() -> Site:
    """The same as a site."""
    return Site("bureau", decoy())


def canary() -> str:
    """Return a word that stands nowhere else."""
    return f"canary-{secrets.token_hex(12)}"
