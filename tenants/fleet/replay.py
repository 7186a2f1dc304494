"""One bureau: its remaining steps, replayed in one transaction that also says which version it has now."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.db import Error, connection, transaction
from django.db.migrations.executor import MigrationExecutor

from tenants import registry, version
from tenants.context import bureau_context, owner_context
from tenants.fleet import errors
from tenants.fleet.errors import UpgradeError
from tenants.fleet.plan import Plan, Step, applied, between
from tenants.models import Bureau
from tenants.privileges import declared, restrict
from tenants.site import BureauRef

LOCK_SECONDS = 5  # people at work hold a table for moments
ATTEMPTS = 3
TIMEOUT = f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'"
INSERT = "INSERT INTO django_migrations (app, name, applied) VALUES {}"
# A migration ends with its checks done, as at the end of a transaction of its own: a table with pending ones
# could not be altered by the next.
CHECKED = "SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED"

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
    while not plan.is_text and (stretch := _to_django(plan.remaining(applied(schema)))):
        *texts, by_django = stretch
        _repeated(schema, texts, lambda: _advance(plan, bureau))
        _by_django(schema, by_django)

    def finish() -> None:
        with transaction.atomic():
            steps = _locked(plan, bureau)
            if steps is None:
                return
            _run(schema, steps)
            with connection.cursor() as cursor:
                cursor.execute(declared(schema=schema, role=schema, tables=plan.tables))
            _finish(plan.version, bureau, new_functions=plan.new_functions, check=check)
            record()

    _repeated(schema, plan.steps, finish)


def migrate(bureau: Bureau, *, check: Check | None, record: Record) -> None:
    """The same by Django's own path alone: for a version whose template is not known (any more)."""
    schema = bureau.schema_name
    with owner_context():
        Bureau.objects.filter(pk=bureau.pk).update(version=between(bureau.version))
    _by_django(schema)

    def finish() -> None:
        with transaction.atomic():
            restrict(schema=schema, role=schema)
            _finish(version.code_version(), bureau, new_functions=_unseeded(bureau.ref), check=check)
            record()

    _repeated(schema, (), finish)


def _to_django(steps: Sequence[Step]) -> Sequence[Step]:
    """The steps up to the first that Django must take, with it; none if there is none."""
    place = next((n for n, step in enumerate(steps) if step.text is None), None)
    return () if place is None else steps[: place + 1]


def _locked(plan: Plan, bureau: Bureau) -> Sequence[Step] | None:
    """Lock the bureau's row; what is left to do now, or None if another run has brought it to the version."""
    row = Bureau.objects.select_for_update().get(pk=bureau.pk)
    if row.version == plan.version:
        return None
    return plan.remaining(applied(bureau.schema_name))


def _advance(plan: Plan, bureau: Bureau) -> None:
    """Run the texts before the next step of Django's, and leave the bureau between two versions."""
    with transaction.atomic():
        steps = _locked(plan, bureau)
        if steps is not None:
            _run(bureau.schema_name, _to_django(steps)[:-1])
            Bureau.objects.filter(pk=bureau.pk).update(version=between(plan.start))


def _run(schema: str, steps: Sequence[Step]) -> None:
    """Replay steps of text, in the caller's transaction: in one statement, for the way to the server counts."""
    keys = [key for step in steps for key in sorted(step.rows)]
    parts = [TIMEOUT, *(part for step in steps if step.text for part in (step.text, CHECKED))]
    with owner_context(schema), connection.cursor() as cursor:
        if keys:
            rows = ", ".join(["(%s, %s, clock_timestamp())"] * len(keys))
            parts.append(cursor.mogrify(INSERT.format(rows), [part for key in keys for part in key]).decode())
        cursor.execute("\n;\n".join(parts))


def _culprit(schema: str, steps: Sequence[Step]) -> UpgradeError | None:
    """Find out which of `steps` fails, by trying them one by one; nothing of it stays."""
    with owner_context(schema), transaction.atomic(), connection.cursor() as cursor:
        try:
            cursor.execute(TIMEOUT)
            for step in steps:
                if not step.text:
                    continue
                try:
                    cursor.execute(step.text)
                    cursor.execute(CHECKED)
                except Error as error:
                    return None if errors.is_busy(error) else errors.database_error(error, step.name)
        finally:
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
            with _patience():
                executor.migrate([], plan=wanted)
        except Error as error:
            if errors.is_gone(error):
                raise
            if errors.is_busy(error):
                raise UpgradeError(errors.BUSY, attempts=1, seconds=LOCK_SECONDS * ATTEMPTS) from error
            raise errors.database_error(error, under_way[-1] if under_way else "") from error


@contextmanager
def _patience() -> Iterator[None]:
    """Django's migrations have transactions of their own, or none: the session waits no longer than ours."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, false)", [f"{LOCK_SECONDS * ATTEMPTS}s"])
    try:
        yield
    finally:
        if connection.connection is not None and not connection.connection.closed:
            with connection.cursor() as cursor:
                cursor.execute("RESET lock_timeout")


def _unseeded(ref: BureauRef) -> tuple[str, ...]:
    """Functions with first rows, in whose tables there is nothing at all: what is new cannot be told otherwise."""
    with bureau_context(ref):
        return tuple(
            function.code
            for label in version.bureau_app_labels()
            if (function := registry.of_app(label))
            and function.seed
            and not any(model._default_manager.exists() for model in apps.get_app_config(label).get_models())
        )


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
            except Exception as error:  # whatever it is, it concerns this bureau alone
                if isinstance(error, Error) and (errors.is_busy(error) or errors.is_gone(error)):
                    raise
                raise UpgradeError(errors.STEP, name=f"{function.code} ({type(error).__name__})") from error


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
