"""What differs between two versions of a process, in words."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from office.workflow.bpmn.elements import (
    ACCESSES,
    ACTIONS,
    Deadline,
    Definition,
    Escalation,
    Flow,
    Node,
    Outcome,
    Performer,
    Sign,
    Step,
    Timer,
)

CHANGES = {
    "added": _("Added: {kind}."),
    "removed": _("Removed: {kind}."),
    "kind": _("Was {before}, is {after}."),
    "renamed": _("Was called “{before}”, is called “{after}”."),
    "renamed_en": _("The English name was “{before}”, is “{after}”."),
    "performers": _("Done by {after}; before: {before}."),
    "copies": _("Told afterwards: {after}; before: {before}."),
    "sign": _("Signing: {after}; before: {before}."),
    "deadline": _("Deadline: {after}; before: {before}."),
    "escalation": _("Escalation: {after}; before: {before}."),
    "field": _("Field “{name}”: {after}; before: {before}."),
    "action_allowed": _("Now allowed: {after}."),
    "action_denied": _("No longer allowed: {after}."),
    "outcomes": _("Outcomes: {after}; before: {before}."),
    "service": _("Service: {after}; before: {before}."),
    "called": _("Calls the process {after}; before: {before}."),
    "loop": _("Repeated for: {after}; before: {before}."),
    "timer": _("Time: {after}; before: {before}."),
    "message": _("Message: {after}; before: {before}."),
    "border": _("On the border of another step."),
    "interrupting": _("Ends the step: {after}; before: {before}."),
    "flow_added": _("New way from “{source}” to “{target}”{condition}."),
    "flow_removed": _("No longer a way from “{source}” to “{target}”{condition}."),
    "condition": _("Condition from “{source}” to “{target}”: {after}; before: {before}."),
    "default": _("Goes to “{after}” if no condition holds; before: “{before}”."),
    "note": _("The explanation was changed."),
}
KINDS = {
    "startEvent": pgettext_lazy("process", "start"), "endEvent": pgettext_lazy("process", "end"), "userTask": pgettext_lazy("process", "step"), "manualTask": pgettext_lazy("process", "note"),
    "task": pgettext_lazy("process", "note"), "serviceTask": pgettext_lazy("process", "service"), "businessRuleTask": pgettext_lazy("process", "service"),
    "sendTask": pgettext_lazy("process", "message that is sent"), "receiveTask": pgettext_lazy("process", "message that is awaited"),
    "callActivity": pgettext_lazy("process", "called process"), "subProcess": pgettext_lazy("process", "sub-process"),
    "exclusiveGateway": pgettext_lazy("process", "choice"), "inclusiveGateway": pgettext_lazy("process", "choice of several"),
    "parallelGateway": pgettext_lazy("process", "branching"), "eventBasedGateway": pgettext_lazy("process", "choice by event"),
    "intermediateCatchEvent": pgettext_lazy("process", "event that is awaited"), "intermediateThrowEvent": pgettext_lazy("process", "event that happens"),
    "boundaryEvent": pgettext_lazy("process", "event on the border of a step"),
}  # fmt: skip
PERFORMERS = {
    "starter": pgettext_lazy("process", "the starter"), "account": _("person {ref}"), "post": _("post {ref}"),
    "department": _("department {ref}"), "role": _("role {ref}"), "head": _("head of {ref}"),
    "former": _("who did “{ref}”"), "field": _("who is named in “{ref}”"),
    "chosen": _("who is chosen in the step before"),
}  # fmt: skip
RULES = {
    "one": pgettext_lazy("process", "one of them"), "all": pgettext_lazy("process", "all of them"), "share": _("{share} % of them"),
    "sequence": pgettext_lazy("process", "one after the other"), "parallel": pgettext_lazy("process", "at the same time"),
}  # fmt: skip
UNITS = {"workdays": _("{amount} working days"), "days": _("{amount} days"), "hours": _("{amount} hours")}
ACCESS_WORDS = dict(
    zip(
        ACCESSES,
        (
            pgettext_lazy("process", "hidden"),
            pgettext_lazy("process", "read"),
            pgettext_lazy("process", "edit"),
            pgettext_lazy("process", "required"),
        ),
        strict=True,
    )
)
ACTION_WORDS = dict(
    zip(
        ACTIONS,
        (
            pgettext_lazy("process", "return"),
            pgettext_lazy("process", "hand over"),
            pgettext_lazy("process", "add signers"),
            pgettext_lazy("process", "reject"),
        ),
        strict=True,
    )
)
HEADS = {"starter": _("the starter's department"), "parent": _("the department above the starter's")}
ESCALATIONS = {
    "head": _("the head, {time} after the deadline"),
    "starter": _("the starter, {time} after the deadline"),
}
NOTHING = pgettext_lazy("process", "nothing")
YES, NO = pgettext_lazy("process", "yes"), pgettext_lazy("process", "no")


@dataclass(frozen=True, slots=True)
class Change:
    """One difference on one element; `what` is a code of CHANGES, `params` hold words or their promises."""

    element: str
    name: str
    what: str
    params: Mapping[str, Any] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The sentence, in the language that is active now."""
        return str(CHANGES[self.what]).format(**{key: _said(each) for key, each in self.params.items()})


Names = Callable[[Performer], str | None]


def compare(before: Definition, after: Definition, *, names: Names = lambda performer: None) -> list[Change]:
    """The differences, in the order of the new version; what was removed comes last.

    `names` gives a person, post, department or role its name (None: the bare reference is shown). Flows and
    gateways count by what they connect, so that a drawing that was only arranged anew has no differences.
    """
    return list(_Comparison(before, after, names).changes())


def _said(value: Any) -> str:
    if isinstance(value, list | tuple):
        return str(pgettext_lazy("process", ", ")).join(_said(each) for each in value) or str(NOTHING)
    if isinstance(value, _Words):
        return value.text
    return str(value)


@dataclass(frozen=True, slots=True)
class _Words:
    """Words with parameters, put together when they are read."""

    message: str | Promise
    params: Mapping[str, Any]

    @property
    def text(self) -> str:
        return str(self.message).format(**{key: _said(each) for key, each in self.params.items()})


class _Comparison:
    def __init__(self, before: Definition, after: Definition, names: Names) -> None:
        self.before = before
        self.after = after
        self.names = names

    def changes(self) -> Iterator[Change]:
        if self.before.name != self.after.name:
            yield self._change(self.after, "renamed", self.before.name, self.after.name)
        if self.before.name_en != self.after.name_en:
            yield self._change(self.after, "renamed_en", self.before.name_en, self.after.name_en)
        for node in self.after.nodes.values():
            former = self.before.nodes.get(node.id)
            if former is None:
                yield Change(node.id, node.name, "added", {"kind": KINDS[node.kind]})
            else:
                yield from self._node(former, node)
        yield from self._flows()
        for node in self.before.nodes.values():
            if node.id not in self.after.nodes:
                yield Change(node.id, node.name, "removed", {"kind": KINDS[node.kind]})

    def _change(self, element: Node | Definition, what: str, before: Any, after: Any, **more: Any) -> Change:
        params = {"before": _or_nothing(before), "after": _or_nothing(after), **more}
        return Change(element.id, element.name, what, params)

    def _node(self, before: Node, after: Node) -> Iterator[Change]:
        if before.kind != after.kind:
            yield self._change(after, "kind", KINDS[before.kind], KINDS[after.kind])
        for what, old, new in (
            ("renamed", before.name, after.name),
            ("renamed_en", before.name_en, after.name_en),
            ("service", before.service, after.service),
            ("called", before.called, after.called),
            ("message", before.message, after.message),
        ):
            if old != new:
                yield self._change(after, what, old, new)
        if before.timer != after.timer:
            yield self._change(after, "timer", _timer(before.timer), _timer(after.timer))
        if before.loop != after.loop:
            yield self._change(
                after, "loop", *(each.loop.collection if each.loop else "" for each in (before, after))
            )
        if before.attached != after.attached:
            yield Change(after.id, after.name, "border")
        if before.interrupting != after.interrupting:
            yield self._change(
                after, "interrupting", *(YES if each.interrupting else NO for each in (before, after))
            )
        if before.note != after.note:
            yield Change(after.id, after.name, "note")
        if before.step is not None and after.step is not None:
            yield from self._step(after, before.step, after.step)

    def _step(self, node: Node, before: Step, after: Step) -> Iterator[Change]:
        for what, people in (
            ("performers", (before.performers, after.performers)),
            ("copies", (before.copies, after.copies)),
        ):
            if set(people[0]) != set(people[1]):
                yield self._change(
                    node, what, *([self._performer(each) for each in group] for group in people)
                )
        if before.sign != after.sign:
            yield self._change(node, "sign", _sign(before.sign), _sign(after.sign))
        if before.deadline != after.deadline:
            yield self._change(node, "deadline", _deadline(before.deadline), _deadline(after.deadline))
        if before.escalation != after.escalation:
            yield self._change(
                node, "escalation", _escalation(before.escalation), _escalation(after.escalation)
            )
        for name in dict.fromkeys(each.name for each in (*after.fields, *before.fields)):
            if before.access(name) != after.access(name):
                words = ACCESS_WORDS[before.access(name)], ACCESS_WORDS[after.access(name)]
                yield self._change(node, "field", *words, name=name)
        for action in ACTIONS:
            if before.allows(action) != after.allows(action):
                what = "action_allowed" if after.allows(action) else "action_denied"
                yield Change(node.id, node.name, what, {"after": ACTION_WORDS[action]})
        if before.outcomes != after.outcomes:
            yield self._change(node, "outcomes", _outcomes(before.outcomes), _outcomes(after.outcomes))

    def _performer(self, performer: Performer) -> _Words:
        ref: Any = performer.ref
        if performer.kind == "head" and ref in HEADS:
            ref = HEADS[ref]
        elif performer.kind == "former":
            step = self.after.nodes.get(ref) or self.before.nodes.get(ref)
            ref = step.name if step and step.name else ref
        else:
            ref = self.names(performer) or ref
        return _Words(PERFORMERS[performer.kind], {"ref": ref})

    def _flows(self) -> Iterator[Change]:
        before, after = _ways(self.before), _ways(self.after)
        for (source, target), flows in after.items():
            former = before.get((source, target), [])
            if not former:
                for flow in flows:
                    yield self._flow(self.after, flow, "flow_added")
            elif (old := _conditions(former)) != (new := _conditions(flows)):
                yield self._flow(self.after, flows[0], "condition", before=old, after=new)
        for pair, flows in before.items():
            if pair not in after and pair[0] in self.after.nodes and pair[1] in self.after.nodes:
                for flow in flows:
                    yield self._flow(self.before, flow, "flow_removed")
        for node in self.after.nodes.values():
            former_node = self.before.nodes.get(node.id)
            if former_node is None or not node.default or not former_node.default:
                continue
            old = self._default(self.before, former_node)
            new = self._default(self.after, node)
            if old and new and old.id != new.id:
                yield self._change(node, "default", _called(old), _called(new))

    def _default(self, definition: Definition, node: Node) -> Node | None:
        flow = definition.flows.get(node.default)
        return definition.nodes[flow.target] if flow else None

    def _flow(self, definition: Definition, flow: Flow, what: str, **more: Any) -> Change:
        source, target = definition.nodes[flow.source], definition.nodes[flow.target]
        condition: Any = _Words(_(" if {condition}"), {"condition": flow.condition}) if flow.condition else ""
        params = {"source": _called(source), "target": _called(target), "condition": condition, **more}
        return Change(flow.id, flow.name, what, params)


def _ways(definition: Definition) -> dict[tuple[str, str], list[Flow]]:
    ways: dict[tuple[str, str], list[Flow]] = {}
    for flow in definition.flows.values():
        ways.setdefault((flow.source, flow.target), []).append(flow)
    return ways


def _conditions(flows: list[Flow]) -> Any:
    return _or_nothing(" / ".join(sorted(each.condition for each in flows if each.condition)))


def _called(node: Node) -> str:
    return node.name or node.id


def _or_nothing(value: Any) -> Any:
    return NOTHING if value in ("", None, []) else value


def _amount(amount: int, unit: str) -> _Words:
    return _Words(UNITS[unit], {"amount": amount})


def _deadline(deadline: Deadline | None) -> Any:
    return _amount(deadline.amount, deadline.unit) if deadline else NOTHING


def _escalation(escalation: Escalation | None) -> Any:
    if escalation is None:
        return NOTHING
    return _Words(ESCALATIONS[escalation.to], {"time": _amount(escalation.after, escalation.unit)})


def _sign(sign: Sign) -> Any:
    rule = _Words(RULES[sign.rule], {"share": sign.share})
    return [rule] if sign.rule == "one" else [rule, RULES[sign.order]]


def _outcomes(outcomes: tuple[Outcome, ...]) -> Any:
    return [each.label for each in outcomes]


def _timer(timer: Timer | None) -> Any:
    if timer is None:
        return NOTHING
    return _amount(timer.amount, timer.unit) if timer.kind == "wait" else timer.text
