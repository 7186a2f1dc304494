"""Apply the declared privileges: tables that a site's role may not change or not delete from."""

from collections.abc import Collection

from django.db import connection
from psycopg2 import sql

from tenants import registry

ALL_ACTIONS = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE"})
ALWAYS = (registry.Privilege("django_migrations", ("SELECT",)),)


def restrict(*, schema: str, role: str) -> None:
    """Take from `role` what the declarations do not leave it on tables of `schema`. Owner only.

    Tables of apps that this schema does not have are passed over.
    """
    with connection.cursor() as cursor:
        cursor.execute(revocations(schema=schema, role=role, tables=tables_of(schema)))


def tables_of(schema: str) -> frozenset[str]:
    """The names of the tables in `schema`."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", [schema])
        return frozenset(row[0] for row in cursor.fetchall())


def revocations(*, schema: str, role: str, tables: Collection[str]) -> sql.Composed:
    """The statements that `restrict` executes in a schema with `tables`."""
    statements = [
        sql.SQL("REVOKE {} ON {} FROM {}").format(
            sql.SQL(", ".join(sorted(taken))),
            sql.Identifier(schema, privilege.table),
            sql.Identifier(role),
        )
        for privilege in (*ALWAYS, *registry.privileges())
        if privilege.table in tables and (taken := ALL_ACTIONS - set(privilege.actions))
    ]
    return sql.SQL("; ").join(statements)
