"""Short visits to the database from requests that are busy with bytes for minutes."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import InterfaceError, OperationalError, connection, transaction

from asp.blobs.errors import DatabaseUnavailable


def release_connection() -> None:
    """Let the database connection go; the next statement makes another, for the same site.

    Within a transaction (a service that was called by another) there is nothing to let go.
    """
    if not connection.in_atomic_block:
        connection.close()


@contextmanager
def brief_transaction() -> Iterator[None]:
    """One transaction on a connection that is given back at once. Raises DatabaseUnavailable."""
    try:
        with transaction.atomic():
            yield
    except (OperationalError, InterfaceError) as error:
        raise DatabaseUnavailable from error
    finally:
        release_connection()
