"""Periodic jobs, each site at its own moment of the period, so that midnight is no stampede."""

import datetime
import hashlib
import logging
import time
import uuid
from dataclasses import dataclass, field

from django.db import InterfaceError, OperationalError, transaction
from django.utils import timezone

from asp.jobs import registry, sites
from asp.jobs.models import Job, JobState
from asp.jobs.registry import JobSpec
from asp.jobs.services import job_start
from tenants.context import bureau_context, host_context
from tenants.site import BureauRef, Site

log = logging.getLogger(__name__)

LIST_SECONDS = 30.0  # how soon a new bureau's periodic work begins
CLOCKS_DIFFER = datetime.timedelta(seconds=60)  # between the machines of a host
FIRST_SPREAD = 20.0  # after a start of the scheduler, everything is looked at within this time


@dataclass(frozen=True, slots=True)
class ClockActor:
    """The scheduler as the one who asks for periodic work."""

    kind: str = "system"
    id: uuid.UUID | None = None
    name: str = "scheduler"
    request_id: str = ""


@dataclass
class Clock:
    """When to look next at each (job, site). What has been done is read from the job rows, never remembered."""

    _next: dict[tuple[str, str], float] = field(default_factory=dict)
    _bureaus: list[BureauRef] = field(default_factory=list)
    _listed_at: float = float("-inf")

    def step(self) -> int:
        """Start the periodic jobs that are due now; return how many."""
        now = time.monotonic()
        if now - self._listed_at >= LIST_SECONDS:
            self._bureaus = sites.working_bureaus()
            self._listed_at = now
            self._plan(now)
        return sum(self._look(spec, bureau) for spec, bureau in self._due(now))

    def _pairs(self) -> "list[tuple[JobSpec, BureauRef | None]]":
        pairs: list[tuple[JobSpec, BureauRef | None]] = []
        for spec in registry.periodic_specs():
            if spec.runs_on(Site("host")):
                pairs.append((spec, None))
            pairs.extend((spec, each) for each in self._bureaus if spec.runs_on(Site("bureau", each)))
        return pairs

    def _plan(self, now: float) -> None:
        planned = {}
        for spec, bureau in self._pairs():
            key = _pair_key(spec, bureau)
            planned[key] = self._next.get(key, now + FIRST_SPREAD * _share(*key) if bureau else now)
        self._next = planned

    def _due(self, now: float) -> "list[tuple[JobSpec, BureauRef | None]]":
        if not any(at <= now for at in self._next.values()):
            return []
        return [pair for pair in self._pairs() if self._next.get(_pair_key(*pair), now) <= now]

    def _look(self, spec: JobSpec, bureau: BureauRef | None) -> int:
        if spec.every is None:
            return 0
        period = spec.every.total_seconds()
        key = _pair_key(spec, bureau)
        moment = timezone.now()
        begins = slot_start(moment, period=period, share=_share(*key))
        self._next[key] = time.monotonic() + period - (moment - begins).total_seconds()
        with host_context() if bureau is None else bureau_context(bureau):
            return start_periodic(spec, since=begins) if _is_wanted(spec) else 0


def _is_wanted(spec: JobSpec) -> bool:
    """Whether there is anything to do; if that cannot be found out, the job will say why."""
    if spec.wanted is None:
        return True
    try:
        with transaction.atomic():
            return spec.wanted()
    except (InterfaceError, OperationalError):
        raise
    except Exception:
        log.exception("whether %s is wanted", spec.name)
        return True


def next_run(spec: JobSpec, *, moment: datetime.datetime, bureau: BureauRef | None) -> datetime.datetime:
    """Return when the scheduler will start `spec` next on a site."""
    if spec.every is None:
        raise ValueError(f"{spec.name} is not periodic")
    share = _share(*_pair_key(spec, bureau))
    return slot_start(moment, period=spec.every.total_seconds(), share=share) + spec.every


def periodic_key(spec: JobSpec) -> str:
    """Return the key that makes a periodic job one at a time, whoever starts it."""
    return f"periodic:{spec.name}"


@transaction.atomic
def start_periodic(spec: JobSpec, *, since: datetime.datetime) -> int:
    """Start `spec` on the current site unless it was started at `since` or later; return 1 if it was."""
    key = periodic_key(spec)
    # A row from the future was written before the clock was set back: it does not stand for this period.
    latest = timezone.now() + CLOCKS_DIFFER
    if Job.objects.filter(name=spec.name, key=key, created_at__gte=since, created_at__lte=latest).exists():
        return 0
    # One finished row is enough to know when it last ran.
    Job.objects.filter(name=spec.name, key=key, state=JobState.DONE).delete()
    job_start(actor=ClockActor(), job=spec, key=key)
    return 1


def slot_start(moment: datetime.datetime, *, period: float, share: float) -> datetime.datetime:
    """Return when the current period of a site began; `share` (0 ≤ share < 1) moves its periods."""
    seconds = moment.timestamp()
    offset = share * period
    return datetime.datetime.fromtimestamp(seconds - (seconds - offset) % period, tz=datetime.UTC)


def _pair_key(spec: JobSpec, bureau: BureauRef | None) -> tuple[str, str]:
    return spec.name, sites.bureau_key(bureau.id if bureau else None)


def _share(name: str, site_key: str) -> float:
    digest = hashlib.blake2b(f"{name} {site_key}".encode(), digest_size=4).digest()
    return int.from_bytes(digest, "big") / 2**32
