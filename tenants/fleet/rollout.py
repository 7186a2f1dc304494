"""The order in which schemas are upgraded, and what is written down of it.

Public schema, template, one ready schema as the yardstick, a canary, the other bureaus, the pool. Each
bureau's transaction holds its own result: after kill -9 the next run goes on where this one was.
"""

import logging
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from uuid import UUID

from django.db import Error, connection, connections, transaction
from django.utils import timezone

from tenants import advisory, catalogue, pool, roles, routing, template, version
from tenants.context import HOST_ROLE, PUBLIC, owner_context
from tenants.fleet import errors, plan, replay
from tenants.fleet.errors import UpgradeError
from tenants.models import Bureau, BureauState, BureauUpgrade, FleetUpgrade, ReadySchema
from tenants.privileges import restrict

log = logging.getLogger(__name__)

# A machine that vanishes must not leave its lock behind.
KEEPALIVES = "SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3"
LOCK = 7_201_002  # advisory lock: one upgrade at a time
BUREAUS_PER_CONNECTION = 200  # a backend remembers every table that it has touched


@dataclass(frozen=True)
class Progress:
    """One bureau has been tried."""

    slug: str
    done: int
    total: int
    failed: int
    seconds: float
    seconds_left: float
    error: UpgradeError | None = None


@dataclass
class Outcome:
    """How a run ended. `stopped`: the canary failed, nobody else was touched."""

    version: str
    total: int = 0
    done: int = 0
    failed: int = 0
    stopped: bool = False
    failures: list[tuple[str, UpgradeError]] = field(default_factory=list)

    def count(self, slug: str, error: UpgradeError | None) -> None:
        """One bureau has been tried."""
        if error is None:
            self.done += 1
        else:
            self.failed += 1
            self.failures.append((slug, error))


Report = Callable[[str], None]
Tell = Callable[[Progress], None]
Guard = Callable[[], None]


class CanaryUnfitError(ValueError):
    """The named canary is not among the offices to be upgraded."""


def _silent(_: object) -> None:
    pass


def upgrade(*, report: Report = _silent, tell: Tell = _silent, canary: str | None = None) -> Outcome:
    """Bring everything to the code's version: public schema, template, bureaus, pool. Owner only.

    Safe to run again and from several machines at once. `report` gets a line per stage, `tell` each bureau.
    `canary` names the bureau to begin with; raises CanaryUnfitError if it is current. What fails in a
    bureau is in the outcome, not raised.
    """
    with owner_context():
        roles.prepare_groups()
    with _alone(waiting=lambda: report("another upgrade is under way; waiting for its end")) as guard:
        template.migrate_schema(None)
        with transaction.atomic():
            roles.grant_public()
            restrict(schema=PUBLIC, role=HOST_ROLE)
        report("public schema is current")
        outcome = _roll_out(guard, only=None, canary=canary, tell=tell)
        for schema in ReadySchema.objects.exclude(version=outcome.version).values_list("schema", flat=True):
            with suppress(pool.Claimed):  # by an opening of the former version's, a moment ago
                pool.discard(schema)
        report(f"pool is full ({pool.fill()} built)")
    return outcome


def bureaus_upgrade(*, only: Collection[UUID] | None = None, tell: Tell = _silent) -> Outcome:
    """Upgrade bureaus that are not of the code's version, or `only` those of them. Owner only.

    Raises `tenants.advisory.Taken` while another upgrade is under way.
    """
    with _alone(wait=False) as guard:
        return _roll_out(guard, only=only, canary=None, tell=tell)


@contextmanager
def _alone(*, wait: bool = True, waiting: Callable[[], None] | None = None) -> Iterator[Guard]:
    """Be the owner, and the only one that upgrades in this database.

    The lock is held on a connection of its own: the one that works is renewed on the way. What is
    yielded raises OperationalError once that connection, and the lock with it, is lost.
    """
    holder = connections[connection.alias].copy()

    def ask(statement: str) -> None:
        with holder.cursor() as cursor:
            cursor.execute(statement)

    try:
        with owner_context():
            ask(KEEPALIVES)
        with owner_context(), advisory.held(holder, LOCK, wait=wait, waiting=waiting):
            yield partial(ask, "SELECT 1")
    finally:
        holder.close()


def _roll_out(guard: Guard, *, only: Collection[UUID] | None, canary: str | None, tell: Tell) -> Outcome:
    # Whoever has the lock is the only one that can be under way.
    FleetUpgrade.objects.filter(finished_at=None).update(finished_at=timezone.now(), interrupted=True)
    template.ensure_template()
    code = version.code_version()
    bureaus = _outdated(code, only, canary)
    outcome = Outcome(version=code, total=len(bureaus))
    if not bureaus:
        return outcome
    plans = {start: _planned(start) for start in sorted({bureau.version for bureau in bureaus})}
    yardstick = _yardstick(code)
    # Once an office has come this way, another's failure says nothing about the way.
    proven = BureauUpgrade.objects.filter(upgrade__version=code, error="").exists()
    run = FleetUpgrade.objects.create(version=code, total=len(bureaus), canary_id=bureaus[0].pk)
    compared: set[str] = set()
    started = time.monotonic()
    for place, bureau in enumerate(bureaus, start=1):
        guard()
        began = time.monotonic()
        check = None if bureau.version in compared else yardstick
        error = _one(run, plans[bureau.version], bureau, check=check)
        if error is None:
            compared.add(bureau.version)
        outcome.count(bureau.slug, error)
        now = time.monotonic()
        left = (now - started) / place * (outcome.total - place)
        tell(Progress(bureau.slug, place, outcome.total, outcome.failed, now - began, left, error))
        if error is None:
            proven = True
        elif not proven and error.code != errors.BUSY and place < outcome.total:
            outcome.stopped = True
            break
        if place % BUREAUS_PER_CONNECTION == 0:
            connection.close()
    FleetUpgrade.objects.filter(pk=run.pk).update(finished_at=timezone.now(), stopped=outcome.stopped)
    routing.forget()
    return outcome


def _planned(start: str) -> plan.Plan | UpgradeError | None:
    """The plan from one version, or why there is none: it concerns the offices of that version alone."""
    try:
        return plan.make(start)
    except UpgradeError as error:
        return error
    except Exception as error:  # noqa: BLE001 - a migration may raise anything
        if isinstance(error, Error) and errors.is_gone(error):
            raise
        log.warning("no plan from version %s", start, exc_info=error)
        return UpgradeError(errors.PLANNING, version=start, name=type(error).__name__)


def _outdated(code: str, only: Collection[UUID] | None, canary: str | None) -> list[Bureau]:
    """The canary (金丝雀) first: the named one, else the working office opened last, which has least to lose."""
    found = Bureau.objects.exclude(version=code).order_by("-created_at")
    if only is not None:
        found = found.filter(pk__in=only)
    working = {BureauState.ACTIVE, BureauState.SETTING_UP}
    bureaus = sorted(found, key=lambda bureau: (bureau.slug != canary, bureau.state not in working))
    if canary and bureaus and bureaus[0].slug != canary:
        raise CanaryUnfitError(f"{canary} is not among the offices to be upgraded")
    return bureaus


def fresh_facts(code: str) -> dict[str, set[str]]:
    """The facts of a ready schema of version `code`, which Django and the seeds made from nothing. Owner only."""
    pool.fill(1)
    ready = ReadySchema.objects.filter(version=code).values_list("schema", flat=True).first()
    return catalogue.facts(ready or pool.build())


def _yardstick(code: str) -> replay.Check:
    """Compare with a fresh schema of the new version."""
    wanted = fresh_facts(code)

    def check(schema: str) -> None:
        found = catalogue.differences(catalogue.facts(schema), wanted)
        if found:
            log.error(
                "%s would differ: %s", schema, {kind: sorted(each)[:20] for kind, each in found.items()}
            )
            raise UpgradeError(errors.DIFFERS, kinds=", ".join(sorted(found)))

    return check


def _one(
    run: FleetUpgrade, way: plan.Plan | UpgradeError | None, bureau: Bureau, *, check: replay.Check | None
) -> UpgradeError | None:
    """Upgrade one bureau and write down how it ended. Raises only if the database went away."""
    began = time.monotonic()

    def note(error: UpgradeError | None = None) -> None:
        with owner_context():
            BureauUpgrade.objects.create(
                upgrade=run,
                bureau_id=bureau.pk,
                from_version=bureau.version,
                milliseconds=round((time.monotonic() - began) * 1000),
                error=error.code if error else "",
                params=error.params if error else {},
            )

    try:
        if isinstance(way, UpgradeError):
            raise way
        if way is None:
            replay.migrate(bureau, check=check, record=note)
        else:
            replay.replay(way, bureau, check=check, record=note)
    except Exception as error:
        if isinstance(error, Error) and errors.is_gone(error):
            raise
        found = _reason(error)
        # Without the database's own words: they may quote a row.
        cause = type(error.__cause__ or error).__name__
        log.warning("upgrade of %s: %s %s (%s)", bureau.slug, found.code, found.params, cause)
        note(found)
        return found
    return None


def _reason(error: Exception) -> UpgradeError:
    if isinstance(error, UpgradeError):
        return error
    if isinstance(error, Error):
        return errors.database_error(error, "")
    return UpgradeError(errors.PYTHON, name=type(error).__name__)
