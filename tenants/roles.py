"""Database roles (PostgreSQL ≥ 16) and what they may do in the public schema.

`app_login` is the only login of the application. It has no rights alone; it may become `asp_host`, or
a bureau's role, which has rights in that bureau's schema and, by the group `asp_bureau`, on the few
declared shared tables.
"""

from django.db import connection
from psycopg2 import sql

from tenants import registry
from tenants.context import APP_LOGIN, BUREAU_GROUP_ROLE, HOST_ROLE, PUBLIC

_GROUPS = f"""
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{HOST_ROLE}') THEN
        CREATE ROLE {HOST_ROLE} NOLOGIN NOINHERIT;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{BUREAU_GROUP_ROLE}') THEN
        CREATE ROLE {BUREAU_GROUP_ROLE} NOLOGIN NOINHERIT;
    END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; -- another database of the cluster was faster
END $$;
"""

# The superuser needs no grant; another owner must be able to become what it creates.
_PUBLIC = f"""
GRANT {HOST_ROLE} TO {APP_LOGIN} WITH INHERIT FALSE, SET TRUE;
REVOKE ALL ON SCHEMA {PUBLIC} FROM PUBLIC;
GRANT USAGE ON SCHEMA {PUBLIC} TO {HOST_ROLE}, {BUREAU_GROUP_ROLE}, {APP_LOGIN};
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {PUBLIC} TO {HOST_ROLE};
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {PUBLIC} TO {HOST_ROLE};
REVOKE ALL ON ALL TABLES IN SCHEMA {PUBLIC} FROM {BUREAU_GROUP_ROLE}, {APP_LOGIN};
REVOKE INSERT, UPDATE, DELETE ON {PUBLIC}.django_migrations FROM {HOST_ROLE};
"""


def prepare_groups() -> None:
    """Create the group roles of the cluster if they are missing. Owner only."""
    with connection.cursor() as cursor:
        cursor.execute(_GROUPS)
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        if not cursor.fetchone()[0]:
            cursor.execute(f"GRANT {HOST_ROLE} TO CURRENT_USER WITH SET TRUE")


def grant_public() -> None:
    """Give the host its rights on the public schema, and bureaus theirs on shared tables. Owner only."""
    with connection.cursor() as cursor:
        cursor.execute(_PUBLIC)
        for each in registry.shared():
            cursor.execute(
                sql.SQL("GRANT {} ON {} TO {}").format(
                    sql.SQL(", ".join(each.actions)),
                    sql.Identifier(PUBLIC, each.table),
                    sql.Identifier(BUREAU_GROUP_ROLE),
                )
            )


def create_bureau_role(role: str) -> None:
    """Create a bureau's role that `app_login` may become. Owner only; part of the caller's transaction."""
    name, app, group = sql.Identifier(role), sql.Identifier(APP_LOGIN), sql.Identifier(BUREAU_GROUP_ROLE)
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("CREATE ROLE {} NOLOGIN NOINHERIT").format(name))
        cursor.execute(sql.SQL("GRANT {} TO {} WITH INHERIT FALSE, SET TRUE").format(name, app))
        cursor.execute(sql.SQL("GRANT {} TO {} WITH INHERIT TRUE").format(group, name))
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        if not cursor.fetchone()[0]:
            cursor.execute(sql.SQL("GRANT {} TO CURRENT_USER WITH SET TRUE").format(name))


def grant_schema(schema: str, role: str) -> None:
    """Give `role` its rights on the tables that will be made in `schema`. Owner only.

    Before the tables exist: default privileges cost 10 % of the replay, grants afterwards 80 %.
    """
    names = {"schema": sql.Identifier(schema), "role": sql.Identifier(role)}
    with connection.cursor() as cursor:
        for statement in (
            "GRANT USAGE ON SCHEMA {schema} TO {role}",
            "ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {role}",
            "ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT USAGE, SELECT ON SEQUENCES TO {role}",
        ):
            cursor.execute(sql.SQL(statement).format(**names))
