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
from tenants.fleet.errors import NEWER, UNPLANNED, UpgradeError
from tenants.fleet.recording import Tape, can_be_replayed, recording
from tenants.models import SchemaTemplate
from tenants.privileges import tables_of

Key = tuple[str, str]  # app label and name of a migration
SCRATCH = "t_{version}_scratch"
# A bureau between two steps is of no version: neither this program nor the former serves it.
BETWEEN = "~"
# What Django notes in the end: migrations that stand for others which all have been applied.
REPLACEMENTS = ("", "replacements")


@dataclass(frozen=True)
class Step:
    """One migration: its text, or None if it takes Django's own path in each bureau. `rows` is what
    `django_migrations` then has more."""

    key: Key
    text: str | None
    rows: frozenset[Key]

    @property
    def name(self) -> str:
        """As people write it: `library.0003_add_marks`."""
        return ".".join(filter(None, self.key))


@dataclass(frozen=True)
class Plan:
    """The steps from `start` to `version`."""

    start: str
    version: str
    before: frozenset[Key]
    steps: tuple[Step, ...]
    new_functions: tuple[str, ...]
    tables: frozenset[str]  # that a schema has in the end

    @property
    def is_text(self) -> bool:
        """Whether no step needs Django in each bureau."""
        return all(step.text is not None for step in self.steps)

    def remaining(self, applied: frozenset[Key]) -> tuple[Step, ...]:
        """The steps that a schema with the migrations `applied` still needs.

        An interrupted upgrade with migrations on Django's path leaves a schema between two steps.
        Raises UpgradeError if the schema is not on this way at all.
        """
        place = next((n for n, step in enumerate(self.steps) if not step.rows <= applied), len(self.steps))
        rest = self.steps[place:]
        wanted = self.before.union(*(step.rows for step in self.steps[:place]))
        # Django's own path notes replacements as soon as it can.
        early = frozenset().union(*(step.rows for step in rest if step.key == REPLACEMENTS))
        strange = (wanted - applied) | (applied - wanted - early)
        if strange:
            names = ", ".join(sorted(".".join(key) for key in strange)[:10])
            raise UpgradeError(UNPLANNED, version=self.start, names=names)
        return rest


def of_bureaus(keys: Iterable[Key]) -> frozenset[Key]:
    """Those of apps that bureaus have. Django notes the host's own in each schema, too: they do nothing there."""
    labels = set(version.bureau_app_labels())
    return frozenset(key for key in keys if key[0] in labels)


def between(start: str) -> str:
    """The mark of a bureau on its way from version `start`: as long, and no version."""
    return start if start.startswith(BETWEEN) else BETWEEN + start[:-1]


def make(start: str) -> Plan | None:
    """Plan the way from `start` to the code's version, or return None if that version's template is not known.

    Owner only. Raises UpgradeError for a version that is newer than the code's.
    """
    with owner_context():
        former = SchemaTemplate.objects.filter(version__startswith=start.removeprefix(BETWEEN)).first()
        if former is None:
            return None
        current = template.ensure_template()
    before = of_bureaus((app, name) for app, name in former.migrations)
    known = version.known_migrations()
    if before - known and known <= before and current.created_at < former.created_at:
        raise UpgradeError(NEWER, version=start)
    with _scratch(former) as schema:
        steps = tuple(_migrate(schema))
        with owner_context():
            tables = tables_of(schema)
    labels = {app for app, _name in before}
    new = [registry.of_app(step.key[0]) for step in steps if step.key[0] not in labels]
    codes = dict.fromkeys(function.code for function in new if function)
    return Plan(former.version, version.code_version(), before, steps, tuple(codes), tables)


def applied(schema: str) -> frozenset[Key]:
    """The migrations that `schema` says it has."""
    with owner_context(schema), connection.cursor() as cursor:
        cursor.execute("SELECT app, name FROM django_migrations")
        return of_bureaus(cursor.fetchall())


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
    noted = applied(schema)
    with owner_context(schema):
        tape = Tape()

        def progress(action: str, migration: Any = None, fake: bool | None = False) -> None:  # noqa: ARG001
            nonlocal noted
            if action == "apply_start":
                tape.statements, tape.aside = [], False
            elif action == "apply_success":
                now = applied(schema)
                if now != noted:
                    steps.append(
                        Step(
                            (migration.app_label, migration.name), _text(migration, tape, schema), now - noted
                        )
                    )
                noted = now

        executor = MigrationExecutor(connection, progress)
        wanted = executor.migration_plan(executor.loader.graph.leaf_nodes())
        with recording(tape):
            executor.migrate([], plan=wanted)
    if more := applied(schema) - noted:
        steps.append(Step(REPLACEMENTS, "", more))
    return steps


def _text(migration: Any, tape: Tape, schema: str) -> str | None:
    text = "\n;\n".join(tape.statements)
    # What names its own schema would do harm in another one.
    return text if can_be_replayed(migration) and not tape.aside and schema not in text else None
