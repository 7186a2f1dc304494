"""The clock of a step: when it is due, when it turns yellow, when it escalates, when somebody is told next.

Whoever opens a step, or stops and starts the clocks of its instance, computes them anew in the same transaction:

    calendar = calendar_for_writing()
    deadlines.put(step, calendar, instance.pauses)
    step.save(update_fields=[*deadlines.FIELDS, …])      # copy due_at and yellow_at to its work items

`pauses` is `Instance.pauses`: spans [from, until or null] of ISO instants in which nothing counted. A clock that
stands still tells nobody anything (`next_at` is null); it is put again when it goes on.

Who is told what, and when (`Step.told` holds when it was):

- `yellow`: when little time is left, in office hours. A step that begins yellow tells nobody on the day it arrives.
- `last`: in the morning of the last day, if the light turned yellow before.
- `late`: the moment from which it is late.
- `escalated`: so long after that as the step says, in office hours.
- `urged`: on every later working day as long as it is late, when the office opens (自动催办); `urges` counts them.
"""

import datetime
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from asp.workdays import Calendar, Clock, Due, Suspension, Unit
from asp.workdays.arithmetic.hours import SHANGHAI
from office.workflow.bpmn import spec as specs
from office.workflow.bpmn.elements import Definition, Escalation
from office.workflow.models import Step, StepState

FIELDS: Final = ("due_at", "yellow_at", "due_provisional", "escalate_at", "next_at")
YELLOW, LAST, LATE, ESCALATED, URGED = "yellow", "last", "late", "escalated", "urged"


class _Look:
    """Take the escalation from the version that the instance runs on."""


LOOK: Final = _Look()


# --- from what is stored to a clock


def suspensions(pauses: Sequence[Sequence[str | None]]) -> tuple[Suspension, ...]:
    """The spans in which nothing counted, as the calendar's clock takes them."""
    return tuple(
        Suspension(_instant(begins), _instant(ends) if ends else None) for begins, ends in pauses if begins
    )


def is_paused(pauses: Sequence[Sequence[str | None]]) -> bool:
    """Whether the clocks of an instance stand still now: a pause has no end yet."""
    return any(begins and not ends for begins, ends in pauses)


def clock_of(step: Step, pauses: Sequence[Sequence[str | None]]) -> Clock | None:
    """The clock of a step; None if it has no deadline. For `left` and `light` on a page."""
    if step.amount is None or not step.unit:
        return None
    return Clock(step.began_at, step.amount, Unit(step.unit), suspensions(pauses))


def put(
    step: Step,
    calendar: Calendar,
    pauses: Sequence[Sequence[str | None]],
    escalation: Escalation | None | _Look = LOOK,
) -> bool:
    """Compute `FIELDS` of `step` from its start, amount and unit; saves nothing. Return whether any has changed.

    `escalation` is the step's rule; whoever has the definition at hand gives it, otherwise it is looked up in the
    version of the step's instance.
    """
    before = [getattr(step, name) for name in FIELDS]
    clock = clock_of(step, pauses)
    due = clock.due(calendar) if clock else None
    step.due_at = due.at if due else None
    step.yellow_at = clock.yellow_at(calendar) if clock and due else None
    step.due_provisional = bool(due and due.provisional)
    rule = escalation_of(step) if isinstance(escalation, _Look) and due else escalation
    step.escalate_at = None
    if clock and due and isinstance(rule, Escalation):
        step.escalate_at = _escalates_at(clock, due, rule, calendar)
    step.next_at = None if is_paused(pauses) else next_at(step, calendar)
    return before != [getattr(step, name) for name in FIELDS]


def _escalates_at(clock: Clock, due: Due, rule: Escalation, calendar: Calendar) -> datetime.datetime | None:
    """So long after the deadline, moved into office hours; None while a pause without an end stands before that."""
    by_hours = Unit(rule.unit) is Unit.HOURS
    after = Clock(due.at if by_hours else due.day, rule.after, Unit(rule.unit), clock.suspensions)
    end = after.due(calendar)
    return in_office(max(end.at, due.at), calendar) if end else None


# --- the rule of escalation, which lies in the version


def escalation_of(step: Step) -> Escalation | None:
    """Who is told so long after the deadline, as the version of the step's instance says; None: nobody.

    Versions never change, so what was read once is kept in this process; else it reads the version.
    """
    rules = _rules.get(step.instance.version_id)
    if rules is None:
        rules = keep_rules(step.instance.version_id, step.instance.version.spec)
    return rules.get((step.process, step.node))


def keep_rules(version_id: uuid.UUID, spec: Mapping[str, Any]) -> "Rules":
    """Note what a version says, for whoever has read many versions with one statement."""
    found = {}
    for code in ("", *_called(spec)):
        for node in specs.definition_of(spec, code).steps:
            if node.step is not None and node.step.escalation is not None:
                found[code, node.id] = node.step.escalation
    if len(_rules) >= KEPT:
        _rules.clear()
    _rules[version_id] = found
    return found


def rules_missing(version_ids: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    """Those of the versions for which `escalation_of` would need a statement."""
    return {each for each in version_ids if each not in _rules}


Rules = dict[tuple[str, str], Escalation]
KEPT = 2000
_rules: dict[uuid.UUID, Rules] = {}


def _called(spec: Mapping[str, Any]) -> list[str]:
    """Codes of the processes that a specification holds beside its own."""
    codes, seen = [""], {""}
    for code in codes:
        definition: Definition = specs.definition_of(spec, code)
        for each in sorted(definition.calls - seen):
            seen.add(each)
            codes.append(each)
    return codes[1:]


# --- who is told when


def due_now(step: Step, calendar: Calendar, now: datetime.datetime) -> list[str]:
    """What has to be told at `now`, in the order in which it came; what was overtaken is not told any more."""
    if step.state != StepState.OPEN or step.due_at is None:
        return []
    if now < step.due_at:
        found = [kind for kind in (YELLOW, LAST) if _is_due(kind, step, calendar, now)]
        return found[-1:] if LAST in found else found
    found = [kind for kind in (LATE, ESCALATED) if _is_due(kind, step, calendar, now)]
    # Whoever is told today that it is late, or that it was escalated, is not urged on top of it.
    return found or ([URGED] if _is_due(URGED, step, calendar, now) else [])


def mark(step: Step, kinds: Sequence[str], calendar: Calendar, now: datetime.datetime) -> None:
    """Note that these were told at `now`, and compute when somebody is told next; saves nothing."""
    told = {**step.told, **{kind: now.isoformat() for kind in kinds}}
    if URGED in kinds:
        told["urges"] = told.get("urges", 0) + 1
    if LAST in kinds:
        told.setdefault(YELLOW, now.isoformat())
    step.told = told
    step.next_at = next_at(step, calendar)


def next_at(step: Step, calendar: Calendar) -> datetime.datetime | None:
    """When somebody is to be told something about this step again; None: never."""
    if step.state != StepState.OPEN or step.due_at is None:
        return None
    if _was_told(LATE, step, step.due_at):
        kinds: tuple[str, ...] = (ESCALATED, URGED)
    else:
        kinds = (YELLOW, LAST, LATE)
    moments = (_when(kind, step, calendar) for kind in kinds)
    return min((each for each in moments if each is not None), default=None)


def _is_due(kind: str, step: Step, calendar: Calendar, now: datetime.datetime) -> bool:
    moment = _when(kind, step, calendar)
    return moment is not None and moment <= now


def _when(kind: str, step: Step, calendar: Calendar) -> datetime.datetime | None:
    """When `kind` is to be told; None if it was, or never is."""
    assert step.due_at is not None
    if kind == URGED:
        last = max((_told_at(each, step) for each in (LATE, ESCALATED, URGED)), default=_NEVER)
        return None if last == _NEVER else opening_after(last, calendar)
    if kind == LATE:
        moment: datetime.datetime | None = step.due_at
    elif kind == ESCALATED:
        moment = step.escalate_at
    elif kind == YELLOW:
        moment = _soon_at(step, calendar)
    else:
        moment = _last_morning(step, calendar)
    return None if moment is None or _was_told(kind, step, moment) else moment


def _soon_at(step: Step, calendar: Calendar) -> datetime.datetime | None:
    """When the holders hear that little time is left."""
    if step.yellow_at is None or step.due_at is None:
        return None
    begins_yellow = step.yellow_at <= step.began_at
    moment = opening_after(step.began_at, calendar) if begins_yellow else in_office(step.yellow_at, calendar)
    return moment if moment < step.due_at else None


def _last_morning(step: Step, calendar: Calendar) -> datetime.datetime | None:
    """When the office opens on the last day, unless the light turns yellow on that day."""
    soon = _soon_at(step, calendar)
    if soon is None or step.due_at is None:
        return None
    # A deadline in days ends at 24:00, which is the first instant of the next day.
    day = _day(step.due_at - datetime.timedelta(microseconds=1))
    moment = calendar.hours.of(day)[0][0].astimezone(datetime.UTC)
    return moment if calendar.is_workday(day) and _day(soon) < day and moment < step.due_at else None


def _was_told(kind: str, step: Step, moment: datetime.datetime) -> bool:
    """Whether `kind` was told for this moment; a deadline that has moved behind the telling is told again."""
    return _told_at(kind, step) >= moment


def _told_at(kind: str, step: Step) -> datetime.datetime:
    told = step.told.get(kind)
    return _instant(told) if told else _NEVER


# --- office hours


def in_office(moment: datetime.datetime, calendar: Calendar) -> datetime.datetime:
    """`moment` itself if somebody is at work then, else when the office opens next."""
    day = _day(moment)
    if calendar.is_workday(day):
        spans = calendar.hours.of(day)
        if moment < spans[-1][1]:
            return max(moment, spans[0][0]).astimezone(datetime.UTC)
    return opening_after(moment, calendar)


def opening_after(moment: datetime.datetime, calendar: Calendar) -> datetime.datetime:
    """When the office opens on the first working day after the day of `moment`."""
    return calendar.hours.of(calendar.nth_after(_day(moment), 1))[0][0].astimezone(datetime.UTC)


def _day(moment: datetime.datetime) -> datetime.date:
    return moment.astimezone(SHANGHAI).date()


def _instant(text: str | None) -> datetime.datetime:
    assert text is not None
    return datetime.datetime.fromisoformat(text)


_NEVER = datetime.datetime.min.replace(tzinfo=datetime.UTC)
