"""Everything that the pages of the insight show and the spreadsheet holds, put together."""

import datetime
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from asp.ui.text import localized
from office.workflow.bpmn import spec as engine
from office.workflow.bpmn.elements import Definition
from office.workflow.bpmn.pictures import picture_of
from office.workflow.bpmn.svg import element_name
from office.workflow.bpmn.xml import Unreadable
from office.workflow.insight import figures
from office.workflow.insight.figures import (
    Counts,
    Load,
    Reading,
    StepFigures,
    Variants,
    Waiting,
    Way,
    Week,
)
from office.workflow.insight.heat import heat
from office.workflow.insight.scope import MOST, Scope
from office.workflow.insight.words import Remark, bottlenecks
from office.workflow.models import Process

# The step that every process has without drawing it (`desk.versions.START`).
START = "@start"


@dataclass(frozen=True, slots=True)
class ProcessLine:
    """One process in the table of all."""

    process: Process
    counts: Counts
    waiting: Waiting | None  # where most of it waits


@dataclass(frozen=True)
class Overview:
    """All processes."""

    reading: Reading
    lines: list[ProcessLine]
    total: Counts
    weeks: list[Week]
    waiting: list[tuple[Process, Waiting]]
    people: list[Load]
    departments: list[Load]


def overview(scope: Scope, now: datetime.datetime | None = None) -> Overview:
    """The figures of all processes, those with most in progress first."""
    with figures.generous():
        return _overview(Reading.begin(scope, now))


def _overview(reading: Reading) -> Overview:
    counts = figures.counts(reading)
    waiting = figures.waiting(reading)
    processes = {each.pk: each for each in Process.objects.defer("draft_bpmn", "draft_form", "origin_text")}
    most: dict[uuid.UUID, Waiting] = {}
    for each in waiting:
        most.setdefault(each.process_id, each)
    lines = [
        ProcessLine(process, counts.get(key, Counts()), most.get(key))
        for key, process in processes.items()
        if key in counts or (process.current_id and process.stopped_at is None)
    ]
    lines.sort(key=lambda each: (-each.counts.open, -each.counts.started, -each.counts.completed))
    people, departments = figures.loads(reading)
    return Overview(
        reading=reading,
        lines=lines,
        total=_sum([each.counts for each in lines]),
        weeks=figures.weeks(reading),
        waiting=[(processes[each.process_id], each) for each in waiting if each.process_id in processes],
        people=people,
        departments=departments,
    )


def _sum(counts: list[Counts]) -> Counts:
    names = (
        "active",
        "running",
        "suspended",
        "late",
        "started",
        "completed",
        "cancelled",
        "rejected",
        "with_deadline",
        "done_late",
    )
    return Counts(**{name: sum(getattr(each, name) for each in counts) for name in names})


@dataclass(frozen=True)
class Report:
    """One process."""

    process: Process
    reading: Reading
    counts: Counts
    weeks: list[Week]
    waiting: list[Waiting]
    steps: list[StepFigures]
    ways: list[Way]
    variants: Variants
    people: list[Load]
    departments: list[Load]
    happened: Mapping[str, Mapping[str, int]]
    definition: Definition | None
    names: Mapping[str, str] = field(default_factory=dict)

    def name(self, place: str) -> str:
        """What a step is called, in the language that is active now."""
        return self.names.get(place) or place or _("Beginning")

    def happenings(self, *kinds: str) -> int:
        """How often something of these kinds happened."""
        return sum(count for kind in kinds for count in self.happened.get(kind, {}).values())

    @property
    def measured(self) -> int:
        """In how many instances times, ways and returns were measured, if these are not all; else 0."""
        return MOST if self.counts.active > MOST else 0

    @property
    def returns(self) -> int:
        """How often something was sent back."""
        return self.happenings("returned")

    @property
    def withdrawals(self) -> int:
        """How often something was withdrawn."""
        return self.happenings("withdrawn")

    @property
    def hand_overs(self) -> int:
        """How often a step changed hands."""
        return self.happenings("handed", "reassigned")

    @property
    def urged(self) -> int:
        """How often somebody was urged, or a head was told."""
        return self.happenings("urged", "escalated")

    @cached_property
    def remarks(self) -> list[Remark]:
        """What holds it up, in words."""
        return bottlenecks(
            counts=self.counts,
            steps=self.steps,
            waiting=self.waiting,
            variants=self.variants,
            people=self.people,
            name=self.name,
            workday=self.reading.workday,
        )

    def drawing(self) -> SafeString | None:
        """The diagram of the current version with what went over it."""
        if self.definition is None or self.process.current is None:
            return None
        try:
            picture = picture_of(self.process.current.bpmn.encode(), self.definition)
        except Unreadable:
            picture = None
        return heat(self.definition, picture, ways=self.ways, steps=self.steps, variants=self.variants)


def report(process: Process, scope: Scope, now: datetime.datetime | None = None) -> Report:
    """The figures of one process; `scope.process` is its key."""
    with figures.generous():
        return _report(process, Reading.begin(scope, now))


def _report(process: Process, reading: Reading) -> Report:
    ways, unopened = figures.ways(reading)
    happened = figures.events(reading)
    steps = figures.steps(reading, happened, unopened)
    waiting = figures.waiting(reading)
    people, departments = figures.loads(reading)
    definition = engine.definition_of(process.current.spec) if process.current is not None else None
    names = {START: _("Starter's form")}
    for place, thing in [*((each.place, each) for each in steps), *((each.place, each) for each in waiting)]:
        names.setdefault(place, localized(thing))
    if definition is not None:
        names |= {each.id: element_name(each) or each.id for each in definition.nodes.values() if each.name}
    return Report(
        process=process,
        reading=reading,
        counts=replace(
            figures.counts(reading, punctual=False).get(process.pk, Counts()),
            with_deadline=sum(each.with_deadline for each in steps),
            done_late=sum(each.late for each in steps),
        ),
        weeks=figures.weeks(reading),
        waiting=waiting,
        steps=steps,
        ways=ways,
        variants=figures.variants(reading),
        people=people,
        departments=departments,
        happened=happened,
        definition=definition,
        names=names,
    )


def squeezed(path: tuple[str, ...]) -> list[tuple[str, int]]:
    """A way with the same step several times in a row as one, with how often."""
    found: list[tuple[str, int]] = []
    for place in path:
        if found and found[-1][0] == place:
            found[-1] = (place, found[-1][1] + 1)
        else:
            found.append((place, 1))
    return found
