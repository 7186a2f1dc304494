"""From one version of a bureau's schema to the code's: made once, by migrating a scratch schema."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from psycopg2 import sql

from tenants import registry, template, version
from tenants.context import owner_context
from tenants.fleet.errors import UNPLANNED, UpgradeError
from tenants.fleet.recording import Tape, can_be_replayed, recording
from tenants.models import SchemaTemplate
from tenants.privileges import tables_of

Key = tuple[str, str]  # app label and name of a migration
SCRATCH = "t_{version}_scratch"


@dataclass(frozen=True)
class Step:
    """One migration: its text, or None if it takes Django's own path in each bureau."""

    key: Key
    text: str | None

    @property
    def name(self) -> str:
        """As people write it: `library.0003_add_marks`."""
        return ".".join(self.key)


@dataclass(frozen=True)
class Plan:
    """The steps from `start` to `version`."""

    start: str
    version: str
    before: frozenset[Key]
    steps: tuple[Step, ...]
    new_functions: tuple[str, ...]
    tables: frozenset[str]  # that a schema has in the end

    def remaining(self, applied: frozenset[Key]) -> tuple[Step, ...]:
        """The steps that a schema with the migrations `applied` still needs.

        An interrupted upgrade with migrations on Django's path leaves a schema between two steps.
        Raises UpgradeError if the schema is not on this way at all.
        """
        done = self.before
        for place, step in enumerate(self.steps):
            if applied == done:
                return self.steps[place:]
            done |= {step.key}
        if applied == done:
            return ()
        strange = sorted(".".join(key) for key in applied ^ self.before)
        raise UpgradeError(UNPLANNED, version=self.start, names=", ".join(strange[:10]))


def of_bureaus(keys: Iterable[Key]) -> frozenset[Key]:
    """Those of apps that bureaus have. Django notes the host's own in each schema, too: they do nothing there."""
    labels = set(version.bureau_app_labels())
    return frozenset(key for key in keys if key[0] in labels)


def make(start: str) -> Plan | None:
    """Plan the way from `start` to the code's version, or return None if that version's template is not known. Owner only."""
    with owner_context():
        former = SchemaTemplate.objects.filter(version=start).first()
    if former is None:
        return None
    before = of_bureaus((app, name) for app, name in former.migrations)
    with _scratch(former) as schema:
        steps = tuple(_migrate(schema))
        with owner_context():
            tables = tables_of(schema)
    labels = {app for app, _name in before}
    new = [registry.of_app(step.key[0]) for step in steps if step.key[0] not in labels]
    codes = dict.fromkeys(function.code for function in new if function)
    return Plan(former.version, version.code_version(), before, steps, tuple(codes), tables)


@contextmanager
def _scratch(former: SchemaTemplate) -> Iterator[str]:
    """A schema of the former version, gone afterwards; one that a killed run left is gone before."""
    name = SCRATCH.format(version=former.version)
    with owner_context(), connection.cursor() as cursor:
        cursor.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(sql.Identifier(name)))
        cursor.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(name)))
    try:
        with owner_context(), transaction.atomic():
            template.replay(former, name)
        yield name
    finally:
        with owner_context(), connection.cursor() as cursor:
            cursor.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(sql.Identifier(name)))


def _migrate(schema: str) -> list[Step]:
    """Let Django migrate `schema`; return what it did, migration by migration."""
    steps: list[Step] = []
    labels = set(version.bureau_app_labels())
    with owner_context(schema):
        current = Tape()

        def progress(action: str, migration: Any = None, fake: bool | None = False) -> None:  # noqa: ARG001
            nonlocal current
            if action == "apply_start":
                current.statements, current.aside = [], False
            elif action == "apply_success":
                replayable = can_be_replayed(migration) and not current.aside
                if schema in "".join(current.statements):
                    replayable = False  # names its own schema: in another one it would do harm
                text = "\n;\n".join(current.statements) if replayable else None
                if migration.app_label in labels:
                    steps.append(Step((migration.app_label, migration.name), text))

        executor = MigrationExecutor(connection, progress)
        wanted = executor.migration_plan(executor.loader.graph.leaf_nodes())
        with recording(current):
            executor.migrate([], plan=wanted)
    return steps
