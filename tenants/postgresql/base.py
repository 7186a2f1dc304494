"""Database backend: role and search path of the current context, set in one statement.

Builds on django-tenants' backend, whose handling of rolled back SETs is kept; what it would set from
`connection.set_tenant` is taken from `tenants.context` instead.
"""

from typing import Any

import django.db.utils
import psycopg2
from django_tenants.postgresql_backend import base

from tenants.context import PUBLIC, current_context
from tenants.observe import alive, statements

# A backend remembers every table it has touched: 0.55 MB a bureau on a page of three tables.
DISTINCT_SCHEMAS_PER_CONNECTION = 320
MEMORY_PER_CONNECTION = 250 * 1024 * 1024
SCHEMAS_BETWEEN_MEMORY_CHECKS = 40


class DatabaseWrapper(base.DatabaseWrapper):
    """PostgreSQL connection that follows `tenants.context`."""

    _setting_search_path: bool

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._applied: tuple[str, str] | None = None
        self._visited: set[str] = set()
        super().__init__(*args, **kwargs)
        self.execute_wrappers.append(statements.watch)

    # django-tenants and its router ask the connection for these.
    @property
    def schema_name(self) -> str:
        return current_context().schema

    @schema_name.setter
    def schema_name(self, value: str | None) -> None:
        """Ignored: the context is the only truth."""

    def set_tenant(self, tenant: Any, include_public: bool = True) -> None:
        """Accept only what the constructor does; everything else goes through `tenants.context`."""
        if getattr(tenant, "schema_name", None) != PUBLIC:
            raise RuntimeError("use tenants.context to enter a bureau")
        self.tenant = tenant

    def _forget(self) -> None:
        self._applied = None

    def get_new_connection(self, conn_params: Any) -> Any:
        self._forget()
        self._visited.clear()
        return super().get_new_connection(conn_params)

    def close(self) -> None:
        self._forget()
        super().close()

    def rollback(self) -> None:
        self._forget()
        super().rollback()

    def savepoint_rollback(self, sid: str) -> None:
        try:
            super().savepoint_rollback(sid)
        finally:
            self._forget()

    def _handle_search_path(self, cursor: Any = None) -> None:
        wanted = current_context()
        target = (wanted.role, wanted.search_path)
        if self._setting_search_path or target == self._applied:
            return
        self._setting_search_path = True
        own = self.connection.cursor() if cursor is None else cursor
        try:
            own.execute(
                "SELECT set_config('role', %s, false), set_config('search_path', %s, false)",
                target,
            )
        except (django.db.utils.InternalError, psycopg2.InternalError):
            # The transaction has failed already: every statement but ROLLBACK will be refused,
            # so nothing can run under the former role.
            self._forget()
        else:
            self._applied = target
            self._visited.add(wanted.schema)
        finally:
            self._setting_search_path = False
            if cursor is None:
                own.close()

    def close_if_unusable_or_obsolete(self) -> None:
        """Called around each request and each task: what was done to the connection in one does not last."""
        self._forget()
        super().close_if_unusable_or_obsolete()
        if self.connection is not None and not self.in_atomic_block and self._is_heavy():
            self.close()

    def _is_heavy(self) -> bool:
        visited = len(self._visited)
        if visited >= DISTINCT_SCHEMAS_PER_CONNECTION:
            return True
        if visited == 0 or visited % SCHEMAS_BETWEEN_MEMORY_CHECKS:
            return False
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT public.asp_backend_memory()")
            memory = cursor.fetchone()[0]
        alive.note("connection_bytes", memory)
        return memory > MEMORY_PER_CONNECTION
