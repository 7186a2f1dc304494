"""Where the fleet stands: for the command line and the console."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import Avg, Count, Q

from tenants import version
from tenants.fleet.rollout import LOCK
from tenants.models import Bureau, BureauUpgrade, FleetUpgrade, ReadySchema, SchemaTemplate

RUNNING, INTERRUPTED, STOPPED, FAILED, DONE = "running", "interrupted", "stopped", "failed", "done"


@dataclass(frozen=True)
class Outdated:
    """A bureau whose schema is not of the code's version, and how its last upgrade failed, if one did."""

    bureau: Bureau
    failure: BureauUpgrade | None


@dataclass(frozen=True)
class Run:
    """A run over the fleet."""

    row: FleetUpgrade
    state: str
    canary: str
    tried: int
    failed: int
    milliseconds: float | None  # of one bureau, on average

    @property
    def done(self) -> int:
        """Bureaus that are current by it."""
        return self.tried - self.failed

    @property
    def left(self) -> int:
        """Bureaus that were not tried, or not yet."""
        return self.row.total - self.tried

    @property
    def seconds_left(self) -> float | None:
        """An estimate while it runs, once there is something to judge by."""
        if self.state != RUNNING or self.milliseconds is None:
            return None
        return self.left * self.milliseconds / 1000


@dataclass(frozen=True)
class Status:
    """The whole picture."""

    version: str
    template_at: datetime | None
    current: int
    ready: int
    ready_stale: int
    outdated: Sequence[Outdated]
    runs: Sequence[Run]

    @property
    def running(self) -> Run | None:
        """The run that is under way."""
        return next((run for run in self.runs if run.state == RUNNING), None)


def status(*, runs: int = 20) -> Status:
    """Read everything; for the host or the owner. Six statements, however many bureaus there are."""
    code = version.code_version()
    ready = dict(ReadySchema.objects.order_by().values_list("version").annotate(Count("id")))
    outdated = list(Bureau.objects.exclude(version=code).order_by("slug"))
    return Status(
        version=code,
        template_at=SchemaTemplate.objects.filter(version=code).values_list("created_at", flat=True).first(),
        current=Bureau.objects.filter(version=code).count(),
        ready=ready.pop(code, 0),
        ready_stale=sum(ready.values()),
        outdated=_outdated(outdated),
        runs=_runs(runs),
    )


def is_running() -> bool:
    """Whether an upgrade holds its lock in this database now."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND granted AND classid = 0"
            " AND objid = %s AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))",
            [LOCK],
        )
        return bool(cursor.fetchone()[0])


def _outdated(bureaus: list[Bureau]) -> list[Outdated]:
    last = (
        BureauUpgrade.objects.filter(bureau_id__in=[each.pk for each in bureaus])
        .order_by("bureau_id", "-ended_at")
        .distinct("bureau_id")
    )
    by_bureau: dict[UUID, BureauUpgrade] = {each.bureau_id: each for each in last if each.error}
    return [Outdated(each, by_bureau.get(each.pk)) for each in bureaus]


def _runs(most: int) -> list[Run]:
    rows = list(
        FleetUpgrade.objects.annotate(
            tried=Count("bureaus"),
            failed=Count("bureaus", filter=~Q(bureaus__error="")),
            ms=Avg("bureaus__milliseconds"),
        ).order_by("-started_at")[:most]
    )
    names = dict(Bureau.objects.filter(pk__in=[row.canary_id for row in rows]).values_list("pk", "slug"))
    busy = is_running() if any(row.finished_at is None for row in rows) else False
    found = []
    for row in rows:
        # Only the newest can hold the lock.
        state = _state(row, row.failed, busy and row is rows[0])
        canary = names.get(row.canary_id, "") if row.canary_id else ""
        found.append(Run(row, state, canary, row.tried, row.failed, row.ms))
    return found


def _state(row: FleetUpgrade, failed: int, is_alive: bool) -> str:
    if row.finished_at is None:
        return RUNNING if is_alive else INTERRUPTED
    if row.interrupted:
        return INTERRUPTED
    if row.stopped:
        return STOPPED
    return FAILED if failed else DONE
