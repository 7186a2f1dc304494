"""What happened to former instances, in the shape in which it can be played again."""

import datetime
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from django.db.models import Count, Q

from asp.accounts.models import Account
from office.workflow.insight.report import START
from office.workflow.models import Event, Instance, ItemKind, ItemState, Step, StepState

Place = tuple[str, str]  # code of the called process, node


@dataclass(frozen=True, slots=True)
class Decision:
    """How a step ended, how long it took (seconds), and how many people acted on it."""

    process: str
    node: str
    outcome: str
    seconds: float
    acts: int
    kind: str = "user"
    item: Any = None

    @property
    def place(self) -> Place:
        """Where it was made."""
        return self.process, self.node


@dataclass(frozen=True, slots=True)
class History:
    """One instance: what was decided, in order, without what was taken back later; when which message came."""

    id: uuid.UUID
    number: int
    version_id: uuid.UUID
    starter: Account
    begins: datetime.datetime
    ended: bool
    values: Mapping[str, Any]
    variables: Mapping[str, Any]
    decisions: tuple[Decision, ...] = ()
    messages: Mapping[str, tuple[float, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Usual:
    """What is usual at each step, over all histories: for what an instance never came to."""

    outcomes: Mapping[Place, str]
    seconds: Mapping[Place, float]
    acts: Mapping[Place, int]
    step_seconds: float

    @classmethod
    def of(cls, histories: Iterable[History]) -> "Usual":
        """Count it."""
        found: dict[Place, list[Decision]] = defaultdict(list)
        for history in histories:
            for each in history.decisions:
                found[each.place].append(each)
        people = [each.seconds for group in found.values() for each in group if each.kind == "user"]
        return cls(
            {
                place: Counter(each.outcome for each in group).most_common(1)[0][0]
                for place, group in found.items()
            },
            {place: median(each.seconds for each in group) for place, group in found.items()},
            {place: round(median(each.acts for each in group)) for place, group in found.items()},
            median(people) if people else 0.0,
        )


def histories(instances: Sequence[Instance]) -> list[History]:
    """The histories of some instances, with three statements for all of them."""
    keys = [each.pk for each in instances]
    acted = Count(
        "items", filter=Q(items__state=ItemState.DONE, items__kind__in=(ItemKind.DO, ItemKind.SIGN))
    )
    rows = Step.objects.filter(instance_id__in=keys, state=StepState.DONE).exclude(node=START)
    steps: dict[uuid.UUID, list[Step]] = defaultdict(list)
    for step in rows.annotate(acted=acted).order_by("ended_at", "id"):
        steps[step.instance_id].append(step)
    events: dict[uuid.UUID, list[Event]] = defaultdict(list)
    kinds = ("returned", "withdrawn", "message")
    for event in Event.objects.filter(instance_id__in=keys, kind__in=kinds).order_by("id"):
        events[event.instance_id].append(event)
    return [_history(each, steps[each.pk], events[each.pk]) for each in instances]


def _history(instance: Instance, steps: list[Step], events: list[Event]) -> History:
    messages: dict[str, list[float]] = defaultdict(list)
    for event in events:
        if event.kind == "message":
            after = (event.occurred_at - instance.created_at).total_seconds()
            messages[str(event.params.get("message", ""))].append(max(after, 0.0))
        else:
            steps = _taken_back(steps, event)
    return History(
        instance.pk,
        instance.number,
        instance.version_id,
        instance.starter,
        instance.created_at,
        not instance.is_open,
        instance.values,
        _inputs(instance.state_data.get("variables") or {}),
        tuple(_decision(each) for each in steps),
        {name: tuple(times) for name, times in messages.items()},
    )


def _taken_back(steps: list[Step], event: Event) -> list[Step]:
    """What still holds after something went back: not the step that it went to, nor what began after that."""
    moment = event.occurred_at
    node = event.params.get("node") if event.kind == "returned" else event.node
    earlier = [each for each in steps if each.ended_at is not None and each.ended_at <= moment]
    target = next((each for each in reversed(earlier) if each.node == node), None)
    if node == START or not node:
        gone = {each.pk for each in earlier}
    elif target is None:
        return steps
    else:
        gone = {each.pk for each in earlier if each.began_at >= target.ended_at} | {target.pk}  # type: ignore[operator]
    return [each for each in steps if each.pk not in gone]


def _decision(step: Step) -> Decision:
    assert step.ended_at is not None
    return Decision(
        step.process,
        step.node,
        step.outcome,
        max((step.ended_at - step.began_at).total_seconds(), 0.0),
        step.acted if step.kind == "user" else 0,  # type: ignore[attr-defined]
        step.kind,
        step.item,
    )


def _inputs(variables: Mapping[str, Any]) -> dict[str, Any]:
    """The variables without what the steps themselves made of them: playing makes that anew."""
    return {
        name: value
        for name, value in variables.items()
        if not name.endswith(("_outcome", "_count")) and name != "outcome"
    }
