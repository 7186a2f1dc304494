"""One bureau: its remaining steps, replayed in one transaction that also says which version it has now."""

import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from django.db import Error, connection, transaction
from django.db.migrations.executor import MigrationExecutor

from tenants import registry, version
from tenants.context import bureau_context, owner_context
from tenants.fleet import errors
from tenants.fleet.errors import UpgradeError
from tenants.fleet.plan import Key, Plan, Step, of_bureaus
from tenants.models import Bureau
from tenants.privileges import restrict, revocations
from tenants.site import BureauRef

LOCK_SECONDS = 5  # people at work hold a table for moments
ATTEMPTS = 3
TIMEOUT = f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'"
INSERT = "INSERT INTO django_migrations (app, name, applied) VALUES {}"

# Called with the schema's name inside the transaction, before it commits; raises UpgradeError.
Check = Callable[[str], None]
# Called inside the transaction as well: what is written with the bureau's new version.
Record = Callable[[], None]


def replay(plan: Plan, bureau: Bureau, *, check: Check | None, record: Record) -> None:
    """Bring the schema of `bureau` to the plan's version. Owner only, outside any transaction.

    Steps of text, the functions' steps, privileges, the version and `record` are one transaction.
    Steps on Django's own path commit by themselves, and what stood before them with them.
    Raises UpgradeError; the schema then is as it was before the step that failed.
    """
    schema = bureau.schema_name
    steps = plan.remaining(applied(schema))
    while (split := _first_of_django(steps)) is not None:
        if split:
            _repeated(schema, steps[:split], partial(_in_one, schema, steps[:split]))
        _by_django(schema, steps[split])
        steps = steps[split + 1 :]

    def finish() -> None:
        with transaction.atomic():
            _run(schema, steps)
            with connection.cursor() as cursor:
                cursor.execute(revocations(schema=schema, role=schema, tables=plan.tables))
            _finish(plan.version, bureau, new_functions=plan.new_functions, check=check)
            record()

    _repeated(schema, steps, finish)


def migrate(bureau: Bureau, *, check: Check | None, record: Record) -> None:
    """The same by Django's own path alone: for a version whose template is not known (any more)."""
    schema = bureau.schema_name
    before = {app for app, _name in applied(schema)}
    _by_django(schema)
    brought = (registry.of_app(app) for app in sorted({app for app, _name in applied(schema)} - before))
    new = tuple(function.code for function in brought if function)

    def finish() -> None:
        with transaction.atomic():
            restrict(schema=schema, role=schema)
            _finish(version.code_version(), bureau, new_functions=new, check=check)
            record()

    _repeated(schema, (), finish)


def applied(schema: str) -> frozenset[Key]:
    """The migrations that `schema` says it has."""
    with owner_context(schema), connection.cursor() as cursor:
        cursor.execute("SELECT app, name FROM django_migrations")
        return of_bureaus(cursor.fetchall())


def _first_of_django(steps: tuple[Step, ...]) -> int | None:
    return next((place for place, step in enumerate(steps) if step.text is None), None)


def _in_one(schema: str, steps: Sequence[Step]) -> None:
    with transaction.atomic():
        _run(schema, steps)


def _run(schema: str, steps: Sequence[Step]) -> None:
    """Replay steps of text, in the caller's transaction: in one statement, for the way to the server counts."""
    if not steps:
        return
    rows = ", ".join(["(%s, %s, clock_timestamp())"] * len(steps))
    with owner_context(schema), connection.cursor() as cursor:
        book = cursor.mogrify(INSERT.format(rows), [part for step in steps for part in step.key]).decode()
        cursor.execute("\n;\n".join([TIMEOUT, *(step.text or "" for step in steps), book]))


def _culprit(schema: str, steps: Sequence[Step]) -> UpgradeError | None:
    """Find out which of `steps` fails, by trying them one by one; nothing of it stays."""
    with owner_context(schema), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(TIMEOUT)
        for step in steps:
            try:
                cursor.execute(step.text or "SELECT")
            except Error as error:
                transaction.set_rollback(True)
                return None if errors.is_busy(error) else errors.database_error(error, step.name)
        transaction.set_rollback(True)
    return None


def _by_django(schema: str, step: Step | None = None) -> None:
    """One migration, or all that are missing, by Django itself."""
    under_way: list[str] = []

    def progress(action: str, migration: Any = None, fake: bool | None = False) -> None:  # noqa: ARG001
        if action == "apply_start":
            under_way.append(f"{migration.app_label}.{migration.name}")

    with owner_context(schema):
        executor = MigrationExecutor(connection, progress)
        wanted = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if step is not None:
            labels = set(version.bureau_app_labels())
            wanted = [
                (each, back)
                for each, back in wanted
                if (each.app_label, each.name) == step.key or each.app_label not in labels
            ]
        try:
            executor.migrate([], plan=wanted)
        except Error as error:
            raise errors.database_error(error, under_way[-1] if under_way else "") from error


def _finish(after: str, bureau: Bureau, *, new_functions: tuple[str, ...], check: Check | None) -> None:
    """What follows the migrations, in the caller's transaction."""
    _functions_run(bureau.ref, bureau.version, after, new_functions)
    if check is not None:
        check(bureau.schema_name)
    Bureau.objects.filter(pk=bureau.pk).update(version=after)


def _functions_run(ref: BureauRef, before: str, after: str, new_functions: tuple[str, ...]) -> None:
    """First rows of functions that are new here, then what others do at an upgrade; as the bureau's role."""
    with bureau_context(ref):
        for function in registry.functions():
            if "bureau" not in function.sites:
                continue
            seed = function.step("seed") if function.code in new_functions else None
            upgraded = function.step("upgraded")
            try:
                if seed:
                    seed()
                if upgraded:
                    upgraded(before=before, after=after, new_functions=new_functions)
            except Error as error:
                if errors.is_busy(error) or errors.is_gone(error):
                    raise
                raise UpgradeError(errors.STEP, name=function.code) from error


def _repeated(schema: str, steps: Sequence[Step], work: Callable[[], None]) -> None:
    """Do `work` as the owner; try again what waited in vain for tables in use.

    Raises UpgradeError; what the database says when it goes away is passed on.
    """
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with owner_context():
                work()
            break
        except Error as error:
            if errors.is_gone(error):
                raise
            if not errors.is_busy(error):
                raise (_culprit(schema, steps) or errors.database_error(error, "")) from error
            if attempt == ATTEMPTS:
                raise UpgradeError(errors.BUSY, attempts=ATTEMPTS, seconds=LOCK_SECONDS) from error
            time.sleep(0.2 * attempt)  # the others' transactions shall end
