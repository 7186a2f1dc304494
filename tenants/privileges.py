"""Apply the declared privileges: tables that a site's role may not change or not delete from."""

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
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", [schema])
        present = {row[0] for row in cursor.fetchall()}
        statements = [
            sql.SQL("REVOKE {} ON {} FROM {}").format(
                sql.SQL(", ".join(sorted(taken))),
                sql.Identifier(schema, privilege.table),
                sql.Identifier(role),
            )
            for privilege in (*ALWAYS, *registry.privileges())
            if privilege.table in present and (taken := ALL_ACTIONS - set(privilege.actions))
        ]
        cursor.execute(sql.SQL("; ").join(statements))
