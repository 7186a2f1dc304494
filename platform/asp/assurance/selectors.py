"""What is shown of self-tests, in the reader's language."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext

from asp.assurance.models import Run
from asp.assurance.services import SELF_TEST
from asp.audit.actor import actor_label
from asp.jobs.models import OPEN_STATES, Job, JobState
from asp.jobs.values import fill
from tenants.isolation.registry import ROWS, Outcome, find, registered, row_of

WORST = (Outcome.BROKEN, Outcome.NOT_TRIED, Outcome.HELD)


@dataclass(frozen=True, slots=True)
class Line:
    """One probe with what it found, in words."""

    code: str
    title: str
    explanation: str
    outcome: str
    text: str


@dataclass(frozen=True, slots=True)
class Group:
    """What was tried against one kind of harm."""

    row: int
    title: str
    lines: list[Line]

    @property
    def outcome(self) -> str:
        """The worst of the group."""
        seen = {line.outcome for line in self.lines}
        return next((each for each in WORST if each in seen), Outcome.HELD)


@dataclass(frozen=True, slots=True)
class Shown:
    """A self-test as its page shows it."""

    run: Run
    groups: list[Group]
    started_by: str

    @property
    def broken(self) -> list[Line]:
        """Everything that is not in order."""
        return [line for group in self.groups for line in group.lines if line.outcome == Outcome.BROKEN]


def runs() -> QuerySet[Run]:
    """Every self-test of this office, newest first, without its results."""
    return Run.objects.defer("results")


def in_words(run: Run) -> Shown:
    """Return a run as its reader reads it."""
    lines: dict[int, list[Line]] = {}
    for each in run.results:
        lines.setdefault(row_of(each["control"]), []).append(_line(each))
    groups = [Group(row, str(title), lines[row]) for row, title in ROWS.items() if row in lines]
    return Shown(run, groups, started_by(run))


def started_by(run: Run) -> str:
    """Who asked for a run."""
    return actor_label(run.actor_kind, run.actor_name)


def latest() -> Shown | None:
    """The last self-test that came to its end."""
    run = Run.objects.first()
    return in_words(run) if run is not None else None


def run_get(run_id: uuid.UUID) -> Shown:
    """Return one self-test; raises Http404."""
    run = Run.objects.filter(pk=run_id).first()
    if run is None:
        raise Http404
    return in_words(run)


def under_way() -> Job | None:
    """The self-test that waits or runs."""
    return Job.objects.filter(name=SELF_TEST, state__in=OPEN_STATES).first()


def unfinished(last: Shown | None) -> Job | None:
    """A self-test after the last one that failed, so that nobody takes an old result for a new one."""
    job = Job.objects.filter(name=SELF_TEST).order_by("-id").first()
    if job is None or job.state != JobState.FAILED or (last is not None and last.run.pk > job.pk):
        return None
    return job


def tried() -> Sequence[tuple[str, list[str]]]:
    """What a self-test tries: for each kind of harm the titles of its probes."""
    titles: dict[int, list[str]] = {}
    for each in registered():
        titles.setdefault(each.row, []).append(str(each.title))
    return [(str(title), titles[row]) for row, title in ROWS.items() if row in titles]


def _line(stored: dict[str, Any]) -> Line:
    probe, said = find(stored["probe"]), stored["text"]
    return Line(
        code=stored["probe"],
        # A probe that the code no longer has keeps its code for a title.
        title=str(probe.title) if probe else stored["probe"],
        explanation=str(probe.explanation) if probe else "",
        outcome=stored["outcome"],
        text=fill(gettext(said), stored["params"]),
    )
