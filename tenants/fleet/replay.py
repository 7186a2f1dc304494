"""One bureau: its remaining steps, replayed in one transaction that also says which version it has now."""

import time
from collections.abc import Callable, Iterable

from django.db import Error, connection, transaction
from django.db.migrations.executor import MigrationExecutor

from tenants import registry, version
from tenants.context import bureau_context, owner_context
from tenants.fleet import errors
from tenants.fleet.errors import UpgradeError
from tenants.fleet.plan import Key, Plan, Step, of_bureaus
from tenants.models import Bureau
from tenants.privileges import restrict
from tenants.site import BureauRef

LOCK_SECONDS = 5  # people at work hold a table for moments
ATTEMPTS = 3
INSERT = "INSERT INTO django_migrations (app, name, applied) VALUES (%s, %s, clock_timestamp())"

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
            _repeated(lambda part=steps[:split]: _in_one(schema, part))
        _by_django(schema, steps[split])
        steps = steps[split + 1 :]

    def finish() -> None:
        with transaction.atomic():
            _run(schema, steps)
            _finish(plan.version, bureau, new_functions=plan.new_functions, check=check)
            record()

    _repeated(finish)


def migrate(bureau: Bureau, *, check: Check | None, record: Record) -> None:
    """The same by Django's own path alone: for a version whose template is not known (any more)."""
    schema = bureau.schema_name
    before = {app for app, _name in applied(schema)}
    _by_django(schema)
    brought = (registry.of_app(app) for app in sorted({app for app, _name in applied(schema)} - before))
    new = tuple(function.code for function in brought if function)

    def finish() -> None:
        with owner_context(), transaction.atomic():
            _finish(version.code_version(), bureau, new_functions=new, check=check)
            record()

    _repeated(finish)


def applied(schema: str) -> frozenset[Key]:
    """The migrations that `schema` says it has."""
    with owner_context(schema), connection.cursor() as cursor:
        cursor.execute("SELECT app, name FROM django_migrations")
        return of_bureaus(cursor.fetchall())


def _first_of_django(steps: tuple[Step, ...]) -> int | None:
    return next((place for place, step in enumerate(steps) if step.text is None), None)


def _in_one(schema: str, steps: Iterable[Step]) -> None:
    with transaction.atomic():
        _run(schema, steps)


def _run(schema: str, steps: Iterable[Step]) -> None:
    """Replay steps of text, in the caller's transaction."""
    with owner_context(schema), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [f"{LOCK_SECONDS}s"])
        for step in steps:
            try:
                if step.text:
                    cursor.execute(step.text)  # without parameters: percent signs stay as they are
            except Error as error:
                if errors.sqlstate(error) in (errors.LOCK_NOT_AVAILABLE, errors.DEADLOCK):
                    raise
                raise errors.database_error(error, step.name) from error
            cursor.execute(INSERT, step.key)


def _by_django(schema: str, step: Step | None = None) -> None:
    """One migration, or all that are missing, by Django itself."""
    under_way: list[str] = []

    def progress(action: str, migration: object = None, fake: bool = False) -> None:  # noqa: ARG001
        if action == "apply_start":
            under_way.append(f"{migration.app_label}.{migration.name}")  # type: ignore[attr-defined]

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
    schema = bureau.schema_name
    with owner_context():
        restrict(schema=schema, role=schema)
    before, ref = bureau.version, bureau.ref
    _functions_run(ref, before, after, new_functions)
    with owner_context():
        if check is not None:
            check(schema)
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
                if errors.sqlstate(error) in (errors.LOCK_NOT_AVAILABLE, errors.DEADLOCK):
                    raise
                raise UpgradeError(errors.STEP, name=function.code) from error


def _repeated(work: Callable[[], None]) -> None:
    """Try again what waited in vain for tables in use."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with owner_context():
                work()
            break
        except Error as error:
            if errors.sqlstate(error) not in (errors.LOCK_NOT_AVAILABLE, errors.DEADLOCK):
                raise
            if attempt == ATTEMPTS:
                raise UpgradeError(errors.BUSY, attempts=ATTEMPTS, seconds=LOCK_SECONDS) from error
            time.sleep(0.2 * attempt)  # the others' transactions shall end
