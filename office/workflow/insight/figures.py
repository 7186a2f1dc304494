"""The figures of one process or of all, read with one statement for each table."""

import datetime
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from asp.accounts.models import Account
from asp.ui.text import localized
from asp.workdays import calendar_for_site
from office.organization.selectors import main_departments
from office.workflow.insight import statements
from office.workflow.insight.scope import Scope

PEOPLE_SHOWN = 30
_SLACK = datetime.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Spread:
    """Half takes at most `median` seconds, nine in ten at most `p90`."""

    median: float
    p90: float

    @classmethod
    def of(cls, row: list[float] | None) -> "Spread | None":
        """From what PostgreSQL gives; None if there was nothing to measure."""
        return cls(row[0], row[1]) if row and row[0] is not None else None


@dataclass(frozen=True, slots=True)
class Counts:
    """Instances: those that are open now, and what happened in the period; `active` were under way in it."""

    active: int = 0
    running: int = 0
    suspended: int = 0
    late: int = 0
    started: int = 0
    completed: int = 0
    cancelled: int = 0
    rejected: int = 0
    duration: Spread | None = None
    with_deadline: int = 0
    done_late: int = 0

    @property
    def open(self) -> int:
        """How many have not ended."""
        return self.running + self.suspended

    @property
    def punctual(self) -> int | None:
        """Which share, in percent, of the steps with a deadline was done in time; None if there was none."""
        if not self.with_deadline:
            return None
        return round(100 * (self.with_deadline - self.done_late) / self.with_deadline)


@dataclass(frozen=True, slots=True)
class Week:
    """What began and what was completed in the week that begins on `first`."""

    first: datetime.date
    started: int
    completed: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """Where instances wait now."""

    process_id: uuid.UUID
    place: str
    name: str
    name_en: str
    count: int
    oldest: datetime.datetime
    late: int
    stranded: int


@dataclass(frozen=True, slots=True)
class StepFigures:
    """How a step went in the period; times in seconds, `worked` by the working-day calendar without suspensions."""

    place: str
    name: str
    name_en: str
    kind: str
    count: int
    elapsed: Spread
    worked: Spread
    total: float
    with_deadline: int
    late: int
    unopened: float | None = None
    returned: int = 0
    handed: int = 0
    urged: int = 0

    @property
    def returned_share(self) -> float:
        """Which share of its visits ended in sending it back (退回)."""
        visits = self.count + self.returned
        return self.returned / visits if visits else 0.0

    @property
    def late_share(self) -> float:
        """Which share of those with a deadline was late."""
        return self.late / self.with_deadline if self.with_deadline else 0.0


@dataclass(frozen=True, slots=True)
class Way:
    """How often one step followed another, and how long it took until somebody opened the next one.

    `source` is empty for the beginning. `back`: it was sent back each time.
    """

    source: str
    target: str
    back: bool
    count: int
    waited: float


@dataclass(frozen=True, slots=True)
class Variant:
    """Completed instances that went the same way: the places in their order."""

    path: tuple[str, ...]
    count: int
    share: float
    reworked: bool
    elapsed: float
    worked: float


@dataclass(frozen=True, slots=True)
class Variants:
    """The most frequent ways, of how many different ones; how many instances, and how many had to go back."""

    rows: list[Variant] = field(default_factory=list)
    total: int = 0
    different: int = 0
    reworked: int = 0

    @property
    def rework(self) -> float | None:
        """Which share had to go back at least once (返工); None if nothing was completed."""
        return self.reworked / self.total if self.total else None


@dataclass(frozen=True, slots=True)
class Load:
    """What somebody, or a department, has in hand, and how they did in the period."""

    name: str
    open: int
    overdue: int
    done: int
    late: int
    oldest: datetime.datetime | None = None
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading of the database: what is looked at, when, by which calendar."""

    scope: Scope
    now: datetime.datetime
    params: dict[str, Any]
    workday: int  # seconds

    @classmethod
    def begin(cls, scope: Scope, now: datetime.datetime | None = None) -> "Reading":
        """Ask for the calendar once."""
        now = now or timezone.now()
        worktime = scope.worktime(calendar_for_site(), now)
        oldest = uuid.UUID(int=max(int((scope.begins - _SLACK).timestamp() * 1000), 0) << 80)
        params = {**scope.params(now), **worktime.params(), "oldest_event": oldest}
        return cls(scope, now, params, worktime.day)

    def rows(self, statement: str) -> list[dict[str, Any]]:
        """The rows of one of `statements`; inside `generous`."""
        with connection.cursor() as cursor:
            cursor.execute(statement, self.params)
            names = [each[0] for each in cursor.description or ()]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


@contextmanager
def generous() -> Iterator[None]:
    """Room for sorting in memory, for what is read inside: the usual 4 MB would send it to the disk."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('work_mem', '48MB', true)")
        yield


def counts(reading: Reading, *, punctual: bool = True) -> dict[uuid.UUID, Counts]:
    """How it stands with each process of the scope; whether steps were done in time only if asked for."""
    rows = reading.rows(statements.PUNCTUAL) if punctual else []
    deadlines = {each.pop("process_id"): each for each in rows}
    found = {}
    for row in reading.rows(statements.COUNTS):
        process, duration = row.pop("process_id"), Spread.of(row.pop("duration"))
        steps = deadlines.get(process, {"count": 0, "late": 0})
        found[process] = Counts(
            **row, duration=duration, with_deadline=steps["count"], done_late=steps["late"]
        )
    return found


def weeks(reading: Reading) -> list[Week]:
    """Every week of the period, also those in which nothing happened."""
    found = {row["week"]: row for row in reading.rows(statements.WEEKS)}
    scope, made = reading.scope, []
    first = scope.first - datetime.timedelta(days=scope.first.weekday())
    while first <= scope.last:
        row = found.get(first, {"started": 0, "completed": 0})
        made.append(Week(first, int(row["started"]), int(row["completed"])))
        first += datetime.timedelta(days=7)
    return made


def waiting(reading: Reading) -> list[Waiting]:
    """Where instances wait now, most first."""
    return [Waiting(**row) for row in reading.rows(statements.WAITING)]


def ways(reading: Reading) -> tuple[list[Way], dict[str, float]]:
    """Which step followed which, most frequent first; and for each step how long until it was opened."""
    found, unopened = [], {}
    for row in reading.rows(statements.WAYS):
        if row["whole"]:
            unopened[row["target"]] = row["unopened"]
        else:
            found.append(Way(row["source"], row["target"], row["back"], row["count"], row["waited"]))
    return found, unopened


def events(reading: Reading) -> dict[str, dict[str, int]]:
    """How often something out of the way happened: kind → place → times."""
    found: dict[str, dict[str, int]] = {}
    for row in reading.rows(statements.EVENTS):
        found.setdefault(row["kind"], {})[row["place"] or ""] = row["count"]
    return found


def steps(
    reading: Reading, happened: dict[str, dict[str, int]], unopened: dict[str, float]
) -> list[StepFigures]:
    """How each step went, the one that took the most time altogether first."""

    def times(kind: str, place: str) -> int:
        return happened.get(kind, {}).get(place, 0)

    return [
        StepFigures(
            **{
                **row,
                "elapsed": Spread(*row["elapsed"]),
                "worked": Spread(*(max(each, 0) for each in row["worked"])),
            },
            unopened=unopened.get(row["place"]),
            returned=times("returned", row["place"]),
            handed=times("handed", row["place"]) + times("reassigned", row["place"]),
            urged=times("urged", row["place"]) + times("escalated", row["place"]),
        )
        for row in reading.rows(statements.STEPS)
    ]


def variants(reading: Reading) -> Variants:
    """The ways that completed instances went (流程变体), most frequent first."""
    rows = reading.rows(statements.VARIANTS)
    if not rows:
        return Variants()
    total = int(rows[0]["total"])
    return Variants(
        [
            Variant(
                tuple(row["path"].split()),
                row["count"],
                row["count"] / total,
                row["reworked"],
                row["elapsed"],
                row["worked"],
            )
            for row in rows
        ],
        total,
        rows[0]["variants"],
        int(rows[0]["reworked_total"]),
    )


def loads(reading: Reading) -> tuple[list[Load], list[Load]]:
    """People and departments: who has what in hand, and what is overdue. The most overdue first.

    A person counts for their main department.
    """
    rows = reading.rows(statements.PEOPLE)
    places = main_departments([row["who"] for row in rows])
    shown = Account.objects.in_bulk([row["who"] for row in rows[:PEOPLE_SHOWN]])
    people = [
        Load(
            localized(shown[row["who"]]),
            *_numbers(row),
            row["oldest"],
            localized(places.get(row["who"])),
        )
        for row in rows[:PEOPLE_SHOWN]
        if row["who"] in shown
    ]
    grouped: dict[uuid.UUID | None, list[dict[str, Any]]] = {}
    names = {each.pk: localized(each) for each in places.values()}
    for row in rows:
        place = places.get(row["who"])
        grouped.setdefault(place.pk if place else None, []).append(row)
    departments = [_together(names[key] if key else "", group) for key, group in grouped.items()]
    departments.sort(key=lambda each: (-each.overdue, -each.late, -each.open, -each.done, each.name))
    return people, departments


def _numbers(row: dict[str, Any]) -> tuple[int, int, int, int]:
    return int(row["open"]), int(row["overdue"]), int(row["done"]), int(row["late"])


def _together(name: str, rows: list[dict[str, Any]]) -> Load:
    opened, overdue, done, late = (sum(each) for each in zip(*map(_numbers, rows), strict=True))
    oldest = min((row["oldest"] for row in rows if row["oldest"]), default=None)
    return Load(name, opened, overdue, done, late, oldest)
