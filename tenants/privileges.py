"""Apply the declared privileges: tables that a site's role may not change or not delete from."""

from collections.abc import Collection

from django.db import connection, transaction
from psycopg2 import sql

from tenants import registry

ALL_ACTIONS = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE"})
ALWAYS = (registry.Privilege("django_migrations", ("SELECT",)),)


def restrict(*, schema: str, role: str) -> None:
    """Leave `role` on tables of `schema` what the declarations say. Owner only.

    Tables of apps that this schema does not have are passed over.
    """
    with connection.cursor() as cursor:
        cursor.execute(declared(schema=schema, role=role, tables=tables_of(schema)))


def tables_of(schema: str) -> frozenset[str]:
    """The names of the tables in `schema`."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", [schema])
        return frozenset(row[0] for row in cursor.fetchall())


def declared(*, schema: str, role: str, tables: Collection[str]) -> sql.Composed:
    """The statements that give `role` what the declarations leave it on `tables` of `schema`, and take the rest."""
    statements = []
    for privilege in (*ALWAYS, *registry.privileges()):
        taken = ALL_ACTIONS - set(privilege.actions)
        if privilege.table in tables and taken:
            names = {"table": sql.Identifier(schema, privilege.table), "role": sql.Identifier(role)}
            for pattern, actions in (
                ("GRANT {} ON {table} TO {role}", privilege.actions),
                ("REVOKE {} ON {table} FROM {role}", taken),
            ):
                if actions:
                    statements.append(sql.SQL(pattern).format(sql.SQL(", ".join(sorted(actions))), **names))
    return sql.SQL("; ").join(statements)


def renew(*, schema: str, role: str) -> None:
    """Put right what somebody granted or revoked by hand on tables of `schema`. Owner only."""
    names = {"schema": sql.Identifier(schema), "role": sql.Identifier(role)}
    with transaction.atomic(), connection.cursor() as cursor:
        for pattern in (
            "REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM PUBLIC, {role}",
            "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema} TO {role}",
        ):
            cursor.execute(sql.SQL(pattern).format(**names))
        restrict(schema=schema, role=role)
