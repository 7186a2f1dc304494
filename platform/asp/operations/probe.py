"""Questions to the database beside Django's connections: as the login itself, short of patience."""

from typing import Any

import psycopg2
from django.conf import settings

STATEMENT_MS = 600


def row(sql: str) -> tuple[Any, ...]:
    """Return the first row of `sql` on a connection of its own. Raises psycopg2.Error.

    The login sees its own sessions in `pg_stat_activity`; a role that it has taken would not.
    """
    asp = settings.ASP
    url = asp.database_owner_url if asp.db_login == "owner" else asp.database_url
    # Two seconds is the shortest time-out that libpq knows.
    connection = psycopg2.connect(url, connect_timeout=2, options=f"-c statement_timeout={STATEMENT_MS}")
    try:
        with connection.cursor() as cursor:
            cursor.execute(sql)
            return tuple(cursor.fetchone() or ())
    finally:
        connection.close()
