"""The simulator of flow changes (流程变更模拟): former instances, played through the draft of their process.

Each is played twice in the same way, through its own version and through the draft, so that what differs comes from the
draft alone. Nothing is written. The result is JSON without titles or names of people, because jobs keep it.
"""

import datetime
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from statistics import median
from typing import Any, Final

from asp.ui.errors import UserFacingError
from asp.workdays import Clock, calendar_for_site
from office.workflow.bpmn import spec as engine
from office.workflow.bpmn.elements import Definition
from office.workflow.desk.people import starter_variables
from office.workflow.desk.versions import Version, version_of
from office.workflow.insight.drafts import Draft, draft_of
from office.workflow.insight.histories import History, Usual, histories
from office.workflow.insight.replaying import Done, Run, replay
from office.workflow.insight.scope import ONE_DAY
from office.workflow.insight.worktime import day_begins
from office.workflow.models import Instance, InstanceState, Process

FORMAT: Final = 1
MOST: Final = 2000
PORTION: Final = 100
MOST_LISTED: Final = 300
# What may differ by chance of the clock: a deadline that falls on another side of a weekend.
SAME_TIME: Final = 3600

Progress = Callable[[int, int, str], None]


@dataclass(slots=True)
class Difference:
    """What the draft would have changed for one instance; `problem`: why it could not be played to its end."""

    history: History
    before: Run
    after: Run
    recorded: bool  # its own version could not be played: `before` is what the rows say
    gone: Counter[str] = field(default_factory=Counter)
    new: Counter[str] = field(default_factory=Counter)
    ends: tuple[str, str] | None = None

    @property
    def playable(self) -> bool:
        """Whether the draft brings it to an end."""
        return not self.after.problem

    @property
    def changed(self) -> bool:
        """Whether anything but its time would have been different."""
        return bool(self.gone or self.new or self.ends)

    @property
    def weight(self) -> tuple[int, int, float]:
        """What is listed first: other ends, then many steps, then much time."""
        time = abs(self.after.seconds - self.before.seconds)
        return (1 if self.ends else 0, self.gone.total() + self.new.total(), time)

    def as_json(self) -> dict[str, Any]:
        """For the list."""
        return {
            "id": str(self.history.id),
            "number": self.history.number,
            "ended": self.history.ended,
            "gone": sorted(self.gone.items()),
            "new": sorted(self.new.items()),
            "ends": list(self.ends) if self.ends else None,
            "acts": [self.before.acts, self.after.acts],
            "seconds": [round(self.before.seconds), round(self.after.seconds)],
            "assumed": [each.place for each in self.after.done if each.assumed][:10],
            "problem": self.after.problem,
            "params": dict(self.after.params),
        }


def simulate(
    process: Process, first: datetime.date, last: datetime.date, progress: Progress = lambda *each: None
) -> dict[str, Any]:
    """Play what was started from `first` to `last`, at most MOST of it, the newest. Raises SimulationImpossible."""
    draft = draft_of(process)
    rows = _instances(process, first, last)
    total = rows.count()
    keys = list(rows.values_list("pk", flat=True)[:MOST])
    past: list[History] = []
    for start in range(0, len(keys), PORTION):
        found = Instance.objects.filter(pk__in=keys[start : start + PORTION]).select_related("starter")
        past += histories(list(found.order_by("-id")))
        progress(len(past), 2 * len(keys), "read")
    usual = Usual.of(past)
    calendar = calendar_for_site()

    def after(start: datetime.datetime, amount: int, unit: str) -> datetime.datetime:
        due = Clock(start=start, amount=amount, unit=unit).due(calendar)  # type: ignore[arg-type]
        assert due is not None  # nothing is suspended
        return due.at

    differences: list[Difference] = []
    for number, history in enumerate(past, start=1):
        differences.append(_difference(draft, history, usual, after))
        progress(len(keys) + number, 2 * len(keys), "play")
    made = _result(draft, differences)
    return {
        "format": FORMAT,
        "revision": process.draft_revision,
        "version": process.current.number if process.current else 0,
        "first": first.isoformat(),
        "last": last.isoformat(),
        "found": total,
        **made,
    }


def _instances(process: Process, first: datetime.date, last: datetime.date) -> Any:
    states = (InstanceState.RUNNING, InstanceState.SUSPENDED, InstanceState.COMPLETED)
    began = {"created_at__gte": day_begins(first), "created_at__lt": day_begins(last + ONE_DAY)}
    return Instance.objects.filter(process=process, state__in=states, **began).order_by("-id")


def _difference(draft: Draft, history: History, usual: Usual, after: Any) -> Difference:
    own = version_of(history.version_id)
    before = _played(own.spec, lambda: _known(own, history), history, usual, after)
    recorded = bool(before.problem)
    if recorded:
        before = _as_recorded(history)
    played = _played(draft.spec, lambda: _known_by(draft, own, history), history, usual, after)
    made = Difference(history, before, played, recorded)
    if made.playable:
        old, new = (Counter(each.place for each in run.done) for run in (before, made.after))
        made.gone, made.new = old - new, new - old
        if not recorded:
            ends = _ends(own, before), _ends(draft.version, made.after)
            made.ends = ends if ends[0] != ends[1] else None
    return made


def _known(own: Version, history: History) -> dict[str, Any]:
    """What the instance's own version knew when it began, as far as its form still says so."""
    about = starter_variables(own.names, history.starter)
    return {**about, **own.variables(history.values), **history.variables}


def _known_by(draft: Draft, own: Version, history: History) -> dict[str, Any]:
    return {**history.variables, **draft.variables(own, history.values, history.starter)}


def _played(
    spec: Mapping[str, Any], known: Callable[[], dict[str, Any]], history: History, usual: Usual, after: Any
) -> Run:
    try:
        variables = known()
    except UserFacingError as error:
        # A form that can no longer be read, or does not hold what is stored.
        return Run(problem=error.code)
    return replay(spec, variables, history, usual, after)


def _as_recorded(history: History) -> Run:
    done = [Done(each.process, each.node, each.outcome, each.acts, False) for each in history.decisions]
    return Run(done, seconds=sum(each.seconds for each in history.decisions))


def _ends(version: Version, run: Run) -> str:
    nodes = version.definition.nodes
    return " + ".join(sorted(nodes[each].name or each for each in run.ends))


def _result(draft: Draft, found: list[Difference]) -> dict[str, Any]:
    played = [each for each in found if each.playable]
    changed = sorted((each for each in played if each.changed), key=lambda each: each.weight, reverse=True)
    problems = Counter(
        (each.after.problem, tuple(sorted(each.after.params.items()))) for each in found if not each.playable
    )
    ends = Counter(each.ends for each in played if each.ends)
    slower = [each.after.seconds - each.before.seconds for each in played]
    return {
        "total": len(found),
        "played": len(played),
        "changed": len(changed),
        "assumed": sum(1 for each in played if each.after.assumed),
        "recorded": sum(1 for each in played if each.recorded),
        "slower": sum(1 for each in slower if each > SAME_TIME),
        "faster": sum(1 for each in slower if each < -SAME_TIME),
        "before": _sum(each.before for each in played),
        "after": _sum(each.after for each in played),
        "steps": _steps(played),
        "ends": [
            {"before": pair[0], "after": pair[1], "count": count} for pair, count in ends.most_common(20)
        ],
        "problems": [
            {"code": code, "params": dict(params), "count": count}
            for (code, params), count in problems.most_common(20)
        ],
        "names": _names([version_of(key).spec for key in {each.history.version_id for each in found}], draft),
        "instances": [each.as_json() for each in changed[:MOST_LISTED]],
        "failed": [each.as_json() for each in found if not each.playable][:MOST_LISTED],
    }


def _sum(runs: Iterable[Run]) -> dict[str, float]:
    runs = list(runs)
    return {
        "steps": sum(len(each.done) for each in runs),
        "acts": sum(each.acts for each in runs),
        "seconds": round(median(each.seconds for each in runs)) if runs else 0,
    }


def _steps(played: list[Difference]) -> list[dict[str, Any]]:
    """How often each step would have been done before and after; those that differ most first."""
    before = Counter(each.place for one in played for each in one.before.done)
    after = Counter(each.place for one in played for each in one.after.done)
    assumed = Counter(each.place for one in played for each in one.after.done if each.assumed)
    rows = [
        {"place": place, "before": before[place], "after": after[place], "assumed": assumed[place]}
        for place in before | after
    ]
    return sorted(
        rows, key=lambda each: (-abs(each["after"] - each["before"]), -each["before"], each["place"])
    )


def _names(specs: Iterable[Mapping[str, Any]], draft: Draft) -> dict[str, list[str]]:
    """What each step is called, by its place: in the draft if it is still there."""
    found: dict[str, list[str]] = {}
    for spec in (*specs, draft.spec):
        for code in spec["processes"]:
            definition: Definition = engine.definition_of(spec, code)
            for node in definition.nodes.values():
                if node.is_activity:
                    found[f"{code}/{node.id}" if code else node.id] = [node.name or node.id, node.name_en]
    return found
