"""The order in which schemas are upgraded, and what is written down of it.

Public schema, template, one ready schema as the yardstick, a canary, the other bureaus, the pool. Each
bureau's transaction holds its own result: after kill -9 the next run goes on where this one was.
"""

import logging
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import UUID

from django.db import connection, connections
from django.utils import timezone

from tenants import catalogue, pool, roles, routing, template, version
from tenants.context import HOST_ROLE, PUBLIC, owner_context
from tenants.fleet import errors, plan, replay
from tenants.fleet.errors import UpgradeError
from tenants.models import Bureau, BureauState, BureauUpgrade, FleetUpgrade, ReadySchema
from tenants.privileges import restrict

log = logging.getLogger(__name__)

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


def _silent(_: object) -> None:
    pass


def upgrade(*, report: Report = _silent, tell: Tell = _silent, canary: str | None = None) -> Outcome:
    """Bring everything to the code's version: public schema, template, bureaus, pool. Owner only.

    Safe to run again and from several machines at once. `report` gets a line per stage, `tell` each bureau.
    `canary` names the bureau to begin with. What fails in a bureau is in the outcome, not raised.
    """
    with owner_context():
        roles.prepare_groups()
    with _alone():
        template.migrate_schema(None)
        roles.grant_public()
        restrict(schema=PUBLIC, role=HOST_ROLE)
        report("public schema is current")
        outcome = _roll_out(only=None, canary=canary, tell=tell)
        for schema in ReadySchema.objects.exclude(version=outcome.version).values_list("schema", flat=True):
            pool.discard(schema)
        report(f"pool is full ({pool.fill()} built)")
    return outcome


def bureaus_upgrade(*, only: Collection[UUID] | None = None, tell: Tell = _silent) -> Outcome:
    """Upgrade bureaus that are not of the code's version, or `only` those of them. Owner only."""
    with _alone():
        return _roll_out(only=only, canary=None, tell=tell)


@contextmanager
def _alone() -> Iterator[None]:
    """Be the owner, and the only one that upgrades in this database.

    The lock is held on a connection of its own: the one that works is renewed on the way.
    """
    holder = connections[connection.alias].copy()
    try:
        with owner_context():
            with holder.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
            yield
    finally:
        holder.close()


def _roll_out(*, only: Collection[UUID] | None, canary: str | None, tell: Tell) -> Outcome:
    template.ensure_template()
    code = version.code_version()
    bureaus = _outdated(code, only, canary)
    outcome = Outcome(version=code, total=len(bureaus))
    if not bureaus:
        return outcome
    plans = {start: plan.make(start) for start in sorted({bureau.version for bureau in bureaus})}
    yardstick = _yardstick(code)
    run = FleetUpgrade.objects.create(version=code, total=len(bureaus), canary_id=bureaus[0].pk)
    started = time.monotonic()
    for place, bureau in enumerate(bureaus, start=1):
        began = time.monotonic()
        is_canary = place == 1
        error = _one(run, plans[bureau.version], bureau, check=yardstick if is_canary else None)
        outcome.count(bureau.slug, error)
        now = time.monotonic()
        left = (now - started) / place * (outcome.total - place)
        tell(Progress(bureau.slug, place, outcome.total, outcome.failed, now - began, left, error))
        if error and is_canary and outcome.total > 1:
            outcome.stopped = True
            break
        if place % BUREAUS_PER_CONNECTION == 0:
            connection.close()
    FleetUpgrade.objects.filter(pk=run.pk).update(finished_at=timezone.now(), stopped=outcome.stopped)
    routing.forget()
    return outcome


def _outdated(code: str, only: Collection[UUID] | None, canary: str | None) -> list[Bureau]:
    """The canary (金丝雀) first: the named one, else the working office opened last, which has least to lose."""
    found = Bureau.objects.exclude(version=code).order_by("-created_at")
    if only is not None:
        found = found.filter(pk__in=only)
    working = {BureauState.ACTIVE, BureauState.SETTING_UP}
    return sorted(found, key=lambda bureau: (bureau.slug != canary, bureau.state not in working))


def _yardstick(code: str) -> replay.Check:
    """Compare with a ready schema of the new version, which Django and the seeds made from nothing."""
    pool.fill(1)
    ready = ReadySchema.objects.filter(version=code).values_list("schema", flat=True).first()
    wanted = catalogue.facts(ready or pool.build())

    def check(schema: str) -> None:
        found = catalogue.differences(catalogue.facts(schema), wanted)
        if found:
            log.error(
                "%s would differ: %s", schema, {kind: sorted(each)[:20] for kind, each in found.items()}
            )
            raise UpgradeError(errors.DIFFERS, kinds=", ".join(sorted(found)))

    return check


def _one(
    run: FleetUpgrade, way: plan.Plan | None, bureau: Bureau, *, check: replay.Check | None
) -> UpgradeError | None:
    """Upgrade one bureau and write down how it ended."""
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
        if way is None:
            replay.migrate(bureau, check=check, record=note)
        else:
            replay.replay(way, bureau, check=check, record=note)
    except UpgradeError as error:
        log.warning("upgrade of %s: %s %s", bureau.slug, error.code, error.params, exc_info=error.__cause__)
        note(error)
        return error
    return None
