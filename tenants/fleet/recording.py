"""What Django's migrations execute, written down while they run."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from django.db import connections, router
from django.db.migrations import Migration
from django.db.migrations.operations import AddField, AlterField, SeparateDatabaseAndState
from django.db.migrations.operations.base import Operation
from django.utils import timezone

READING = frozenset({"SELECT", "SHOW", "SET", "SAVEPOINT", "RELEASE", "ROLLBACK"})
SAME_EVERYWHERE = (dict, list, set, str, int, float, bool, tuple, timezone.now, date.today)
BOOKKEEPING = 'INSERT INTO "django_migrations"'


class Tape:
    """The statements of one migration. `aside` says that it also wrote past its schema editor."""

    def __init__(self) -> None:
        self.statements: list[str] = []
        self.aside = False
        self._in_editor = False

    @contextmanager
    def take(self, statement: str) -> Iterator[None]:
        """Write `statement` down while the editor executes it."""
        self.statements.append(statement)
        self._in_editor = True
        try:
            yield
        finally:
            self._in_editor = False

    def watch(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        """See what is executed otherwise: an operation with a cursor of its own cannot be replayed."""
        words = sql.split(None, 1)
        is_reading = not words or words[0].upper().rstrip(";") in READING
        if not self._in_editor and not is_reading and not sql.startswith(BOOKKEEPING):
            self.aside = True
        return execute(sql, params, many, context)


@contextmanager
def recording(tape: Tape, alias: str = "default") -> Iterator[None]:
    """Write down what schema editors of this thread's connection execute."""
    wrapper = connections[alias]
    stock = wrapper.SchemaEditorClass
    assert stock is not None  # noqa: S101 - PostgreSQL has one; said for mypy

    class Editor(stock):  # type: ignore[valid-type, misc]
        def execute(self, sql: Any, params: Any = ()) -> None:
            text = str(sql) if params is None else self.connection.ops.compose_sql(str(sql), params)
            with tape.take(text):
                super().execute(sql, params)

    wrapper.SchemaEditorClass = Editor  # type: ignore[method-assign]
    try:
        with wrapper.execute_wrapper(tape.watch):
            yield
    finally:
        del wrapper.SchemaEditorClass  # the class's own shows again


def can_be_replayed(migration: Migration, alias: str = "default") -> bool:
    """Whether the text of `migration` does what the migration does: atomic, no Python in it, no value that each
    bureau must have of its own.

    Migrations of apps that bureaus do not have do nothing there, whatever they contain.
    """
    if not router.allow_migrate(alias, migration.app_label):
        return True
    return migration.atomic and all(map(_is_text, migration.operations))


def _is_text(operation: Operation) -> bool:
    if isinstance(operation, SeparateDatabaseAndState):
        return all(map(_is_text, operation.database_operations))
    if isinstance(operation, AddField | AlterField) and not operation.field.primary_key:
        field = operation.field
        # A random default would be the same in all bureaus.
        return not field.has_default() or not callable(field.default) or field.default in SAME_EVERYWHERE
    return operation.reduces_to_sql
