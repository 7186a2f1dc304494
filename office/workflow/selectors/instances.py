"""One instance as its page shows it: the path as a list, what was said, who has it now; `drawings` draws it."""

import datetime
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.utils import timezone
from django.utils.translation import gettext

from asp.accounts.models import Account
from asp.ui.text import localized
from asp.workdays import calendar_for_site
from office.workflow.bpmn.svg import element_name
from office.workflow.desk.case import REJECT
from office.workflow.desk.versions import START, Version, version_of
from office.workflow.duewords import DueMark, DueWords, duration_text
from office.workflow.eventwords import event_sentence
from office.workflow.models import (
    Event,
    Instance,
    InstanceState,
    ItemKind,
    ItemState,
    Step,
    StepState,
    WorkItem,
)

NEXT = 8
# Told by the parts of steps, so not said twice.
SPOKEN: Final = frozenset(
    (
        "done",
        "returned",
        "withdrawn",
        "handed",
        "added",
        "urged",
        "suspended",
        "resumed",
        "cancelled",
        "rejected",
        "moved",
        "reassigned",
    )
)
SILENT: Final = frozenset(("arrived", "read", "done", "saved", "timer", "service"))


@dataclass(frozen=True)
class Part:
    """What one person has to do with a step."""

    id: uuid.UUID
    name: str
    instead: str
    kind: str
    state: str
    outcome: str
    at: datetime.datetime | None
    took: str
    read: bool
    why: str

    @property
    def is_open(self) -> bool:
        """Whether it waits for this person now."""
        return self.state == ItemState.OPEN


@dataclass(frozen=True)
class Stop:
    """One entry of the path: a step, or something that happened. `look` is its class in the list."""

    title: str
    look: str
    at: datetime.datetime | None = None
    ended: datetime.datetime | None = None
    took: str = ""
    due: DueMark | None = None
    parts: list[Part] = field(default_factory=list)
    text: str = ""
    words: str = ""
    outcome: str = ""
    stranded: bool = False
    round: int = 1
    within: str = ""  # the process that was called, for a step of it


@dataclass(frozen=True)
class Opinion:
    """What somebody said (意见), where and how they decided."""

    name: str
    instead: str
    step: str
    outcome: str
    text: str
    at: datetime.datetime


@dataclass(frozen=True)
class Story:
    """Everything that happened to an instance, read with three statements."""

    steps: list[Step]
    items: list[WorkItem]
    events: list[Event]
    stops: list[Stop]
    opinions: list[Opinion]
    decisions: list[Opinion]
    following: list[str]
    due: DueMark | None

    @property
    def opinions_and_acts(self) -> list[Opinion]:
        """For paper: every decision and everything that was said, in order."""
        return [each for each in self.decisions if each.text or each.outcome]

    def open_item_of(self, account: Account, wanted: uuid.UUID | None = None) -> WorkItem | None:
        """What waits for `account` here; of several the wanted one, else what is due first."""
        mine = [each for each in self.items if each.account_id == account.pk and each.is_open]
        mine.sort(key=lambda each: (each.kind == ItemKind.READ, each.due_at or FAR, each.pk))
        return next((each for each in mine if each.pk == wanted), mine[0] if mine else None)


FAR = datetime.datetime.max.replace(tzinfo=datetime.UTC)


def story_of(instance: Instance) -> Story:
    """Read the path of an instance."""
    # The steps last: others work on it meanwhile, and a step stays, so that each item and event finds its own.
    events = list(Event.objects.filter(instance=instance).order_by("id"))
    items = list(
        WorkItem.objects.filter(instance=instance)
        .select_related("account", "for_account", "done_by", "added_by")
        .order_by("id")
    )
    steps = list(Step.objects.filter(instance=instance).order_by("id"))
    by_step = {each.pk: each for each in steps}
    for item in items:
        item.instance = instance
        if item.step_id is not None:
            item.step = by_step[item.step_id]
    version = version_of(instance.version_id)
    words = DueWords(calendar_for_site(), timezone.now()) if any(each.due_at for each in steps) else None
    suspended = instance.state == "suspended"
    marks = {
        each.pk: words.mark(each.due_at, each.yellow_at, suspended=suspended)
        for each in steps
        if words is not None and each.is_open
    }
    decisions = _decisions(version, by_step, events)
    stops = _stops(version, steps, items, events, marks)
    first = min(
        (each for each in steps if each.is_open and each.due_at),
        key=lambda one: one.due_at or FAR,
        default=None,
    )
    return Story(
        steps=steps,
        items=items,
        events=events,
        stops=stops,
        opinions=[each for each in decisions if each.text],
        decisions=decisions,
        following=_following(version, steps) if instance.is_open else [],
        due=marks.get(first.pk) if first is not None else None,
    )


# ----- the path as a list


def _stops(
    version: Version,
    steps: list[Step],
    items: list[WorkItem],
    events: list[Event],
    marks: Mapping[uuid.UUID, DueMark | None],
) -> list[Stop]:
    timed: list[tuple[datetime.datetime, int, Stop]] = []
    for step in steps:
        timed.append((step.began_at, 1, _step_stop(version, step, items, marks.get(step.pk))))
    names = {each.pk: localized(each) for each in steps}
    for event in events:
        if event.kind in SILENT:
            continue
        said = event_sentence(event, names.get(event.step_id, "") if event.step_id else "")
        look = (
            "is-stopped"
            if event.kind in ("suspended", "failed", "stranded", "late", "escalated", "rejected")
            else "is-done"
        )
        order = 0 if event.kind == "started" else 2
        # What is said with other acts stands among the opinions; an urging is read where it happened as well.
        words = event.opinion if event.kind == "urged" else ""
        stop = Stop(said, f"{look} is-event", at=event.occurred_at, words=words)
        timed.append((event.occurred_at, order, stop))
    timed.sort(key=lambda each: each[:2])
    return [stop for _at, _order, stop in timed]


_LOOKS: Final = {
    StepState.OPEN: "is-now",
    StepState.DONE: "is-done",
    StepState.RETURNED: "is-done",
    StepState.DROPPED: "is-done",
    StepState.FAILED: "is-stopped",
}


def _step_stop(version: Version, step: Step, items: list[WorkItem], due: DueMark | None) -> Stop:
    parts = [_part(version, step, each) for each in items if each.step_id == step.pk]
    state = StepState(step.state)
    return Stop(
        title=localized(step),
        look=_LOOKS[state],
        at=step.began_at,
        ended=step.ended_at,
        took=duration_text(step.ended_at - step.began_at) if step.ended_at else "",
        due=due,
        parts=[each for each in parts if each.state != ItemState.DROPPED or state == StepState.OPEN],
        text="" if state in (StepState.OPEN, StepState.DONE) else str(state.label),
        outcome=outcome_label(version, step, step.outcome) if len(parts) > 1 else "",
        stranded=step.stranded and step.is_open,
        round=step.round,
        within=process_name(version, step.process) if step.process else "",
    )


def _part(version: Version, step: Step, item: WorkItem) -> Part:
    return Part(
        id=item.pk,
        name=localized(item.account),
        instead=localized(item.for_account) if item.for_account is not None and item.why == "absence" else "",
        kind=item.kind,
        state=item.state,
        outcome=outcome_label(version, step, item.outcome),
        at=item.done_at or item.arrived_at,
        took=duration_text(item.done_at - item.arrived_at) if item.done_at else "",
        read=item.read_at is not None,
        why=item.why,
    )


def process_name(version: Version, code: str) -> str:
    """What a called process is called; its code if the version does not have it."""
    called = version.called.get(code)
    return (element_name(called) if called is not None else "") or code


def outcome_label(version: Version, step: Step | None, value: str) -> str:
    """How a step was decided, as its button says it."""
    if not value or step is None:
        return ""
    node = version.node(step.node, step.process)
    outcomes = node.step.outcomes if node is not None and node.step is not None else ()
    found = next((each for each in outcomes if each.value == value), None)
    if found is None and value == REJECT:
        return str(InstanceState.REJECTED.label)
    return localized(found, "label") if found is not None else value


def _following(version: Version, steps: list[Step]) -> list[str]:
    """Names of the steps that may follow: everything ahead of where it stands, in the order of the drawing."""
    definition = version.definition
    current = [each.node for each in steps if each.is_open and not each.process]
    seen = set(current) | {each.node for each in steps if each.state == StepState.DONE}
    queue = [node for node in current if node in definition.nodes]
    if START in current:
        queue = [node.id for node in definition.nodes.values() if node.starts_scope]
    found: list[str] = []
    while queue and len(found) < NEXT:
        node = queue.pop(0)
        for flow in definition.outgoing(node):
            target = flow.target
            if target in seen:
                continue
            seen.add(target)
            queue.append(target)
            if definition.nodes[target].kind == "userTask":
                found.append(element_name(definition.nodes[target]) or target)
    return found


# ----- opinions


def _decisions(version: Version, steps: Mapping[uuid.UUID, Step], events: list[Event]) -> list[Opinion]:
    said = []
    for event in events:
        if event.kind not in SPOKEN:
            continue
        step = steps.get(event.step_id) if event.step_id else None
        done = event.kind == "done"
        said.append(
            Opinion(
                name=event.actor_name if event.actor_id else gettext("The system"),
                instead=event.for_name,
                step=localized(step) if step is not None else "",
                outcome=outcome_label(version, step, event.outcome)
                if done
                else event_sentence(event, "", bare=True),
                text=event.opinion,
                at=event.occurred_at,
            )
        )
    return said


def files_in(bound: Any) -> list[Any]:
    """The files of a form that its reader may see, as the desk describes them."""
    found = {}
    for _section, states in bound.sections:
        for state in states:
            if state.field.kind == "attachment" and state.asked:
                for one in state.value or []:
                    info = bound.context.infos.get(one["id"])
                    if info is not None:
                        found[one["id"]] = info
    return list(found.values())
