"""Advisory locks of the database, taken without waiting inside a statement.

A statement that waits holds a snapshot, for which `CREATE INDEX CONCURRENTLY` waits in turn: two that wait for each
other so are not seen by the deadlock detector.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from django.db import InterfaceError, OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper

PAUSE = 0.25


class Taken(Exception):
    """Somebody else holds the lock."""


@contextmanager
def held(
    connection: BaseDatabaseWrapper, key: int, *, wait: bool = True, waiting: Callable[[], None] | None = None
) -> Iterator[None]:
    """Hold the session's lock `key` of this database, outside any transaction.

    `waiting` is called once if somebody else holds it. Raises Taken unless `wait`.
    """
    told = False
    while not _ask(connection, "SELECT pg_try_advisory_lock(%s)", key):
        if not wait:
            raise Taken
        if waiting and not told:
            waiting()
        told = True
        time.sleep(PAUSE)
    try:
        yield
    finally:
        # With a lost connection the lock is lost already.
        with suppress(OperationalError, InterfaceError):
            _ask(connection, "SELECT pg_advisory_unlock(%s)", key)


def _ask(connection: BaseDatabaseWrapper, statement: str, key: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(statement, [key])
        return bool(cursor.fetchone()[0])
