"""The list, as JSON:

    {"id": "leave", "name": "请假", "name_en": "Leave request", "steps": [
      {"id": "head", "name": "科室负责人审批", "name_en": "…", "note": "",
       "performers": [{"kind": "head", "ref": "starter"}], "copies": [],
       "sign": {"rule": "one", "order": "parallel"}, "deadline": {"amount": 2, "unit": "workdays"},
       "escalation": {"after": 1, "unit": "workdays", "to": "head"}, "fields": {"opinion": "required"},
       "denied": ["add_signers"], "granted": ["reject"], "skip": "days <= 1",
       "outcomes": [{"value": "agree", "label": "同意", "label_en": "Agree", "goto": "next"},
                    {"value": "disagree", "label": "不同意", "label_en": "Disagree", "goto": "end"}]},
      {"id": "joint", "name": "并联审批", "parallel": [ …steps… ]}]}

`goto`: `next`, `back` (to the step before), `end`, or `step:<id>`. In a parallel group (并联) it is decided
after all have answered; the first branch that goes elsewhere decides.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from asp.ui.errors import UserFacingError
from office.workflow.bpmn import limits
from office.workflow.bpmn.elements import (
    ACCESSES,
    ACTIONS,
    ESCALATE_TO,
    GRANTED_ACTIONS,
    ORDERS,
    PERFORMER_KINDS,
    SIGN_RULES,
    WITHOUT_REF,
    Deadline,
    Escalation,
    FieldAccess,
    Outcome,
    Performer,
    Sign,
    Step,
)
from office.workflow.bpmn.times import UNITS

_WORD = re.compile(r"[A-Za-z]\w{0,39}", re.ASCII)
STEPS = 100


class StepsFault(UserFacingError):
    """A list that is not understood; `params` say where (`place`, like `steps.2.outcomes.0`)."""

    code = "workflow.steps"
    message = _("This list of steps is not understood at {place}.")


@dataclass(frozen=True, slots=True)
class ListedStep:
    """One step; `gotos`: value of an outcome → where it leads, without those that lead on."""

    id: str
    name: str
    name_en: str = ""
    step: Step = Step()
    gotos: Mapping[str, str] = field(default_factory=dict)
    skip: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Steps that are done side by side."""

    id: str
    name: str
    name_en: str = ""
    branches: tuple[ListedStep, ...] = ()


@dataclass(frozen=True, slots=True)
class StepList:
    """A process as a list."""

    id: str
    name: str
    name_en: str = ""
    items: tuple[ListedStep | Group, ...] = ()


def steps_from_json(stored: Any) -> StepList:
    """Read a list. Raises StepsFault with the place that is not understood."""
    return _Reader().read(stored)


def steps_as_json(steps: StepList) -> dict[str, Any]:
    """The list as JSON, as `steps_from_json` reads it."""
    made: dict[str, Any] = {"id": steps.id, "name": steps.name}
    if steps.name_en:
        made["name_en"] = steps.name_en
    made["steps"] = [_item_as_json(each) for each in steps.items]
    return made


def _item_as_json(item: ListedStep | Group) -> dict[str, Any]:
    made: dict[str, Any] = {"id": item.id, "name": item.name}
    if item.name_en:
        made["name_en"] = item.name_en
    if isinstance(item, Group):
        made["parallel"] = [_item_as_json(each) for each in item.branches]
        return made
    step = item.step
    if item.note:
        made["note"] = item.note
    made["performers"] = _people(step.performers)
    if step.sign != Sign():
        made["sign"] = {"rule": step.sign.rule, "order": step.sign.order}
        if step.sign.share is not None:
            made["sign"]["share"] = step.sign.share
    if step.deadline:
        made["deadline"] = {"amount": step.deadline.amount, "unit": step.deadline.unit}
    if step.escalation:
        made["escalation"] = {
            "after": step.escalation.after,
            "unit": step.escalation.unit,
            "to": step.escalation.to,
        }
    if step.fields:
        made["fields"] = {each.name: each.access for each in step.fields}
    if step.denied:
        made["denied"] = sorted(step.denied)
    if step.granted:
        made["granted"] = sorted(step.granted)
    if step.outcomes:
        made["outcomes"] = [_outcome(each, item.gotos.get(each.value, "next")) for each in step.outcomes]
    if item.skip:
        made["skip"] = item.skip
    if step.copies:
        made["copies"] = _people(step.copies)
    return made


def _people(performers: tuple[Performer, ...]) -> list[dict[str, str]]:
    return [{"kind": each.kind, "ref": each.ref} if each.ref else {"kind": each.kind} for each in performers]


def _outcome(outcome: Outcome, goto: str) -> dict[str, str]:
    made = {"value": outcome.value, "label": outcome.label}
    if outcome.label_en:
        made["label_en"] = outcome.label_en
    return {**made, "goto": goto}


class _Reader:
    def __init__(self) -> None:
        self.ids: set[str] = set()

    def read(self, stored: Any) -> StepList:
        self._keys(stored, "", ("id", "name", "name_en", "steps"))
        items: list[ListedStep | Group] = []
        for index, each in enumerate(self._list(stored, "steps", "")):
            items.append(self._item(each, f"steps.{index}"))
        if not items:
            raise StepsFault(params={"place": "steps"})
        if sum(len(each.branches) if isinstance(each, Group) else 1 for each in items) > STEPS:
            raise StepsFault(params={"place": f"steps.{STEPS}"})
        identifier = self._text(stored, "id", "", limits.ID_LENGTH)
        if not re.fullmatch(r"[A-Za-z_][\w.\-]*", identifier, re.ASCII):
            raise StepsFault(params={"place": "id"})
        name = self._text(stored, "name", "", limits.NAME_LENGTH)
        made = StepList(identifier, name, self._text(stored, "name_en", "", limits.NAME_LENGTH), tuple(items))
        return self._resolved(made)

    def _item(self, stored: Any, place: str) -> ListedStep | Group:
        if isinstance(stored, Mapping) and "parallel" in stored:
            self._keys(stored, place, ("id", "name", "name_en", "parallel"))
            branches = self._list(stored, "parallel", place)
            if len(branches) < 2:
                raise StepsFault(params={"place": f"{place}.parallel"})
            return Group(
                self._id(stored, place),
                self._text(stored, "name", place, limits.NAME_LENGTH),
                self._text(stored, "name_en", place, limits.NAME_LENGTH),
                tuple(self._step(each, f"{place}.parallel.{index}") for index, each in enumerate(branches)),
            )
        return self._step(stored, place)

    def _step(self, stored: Any, place: str) -> ListedStep:
        self._keys(stored, place, (
            "id", "name", "name_en", "note", "performers", "copies", "sign", "deadline", "escalation", "fields",
            "denied", "granted", "outcomes", "skip",
        ))  # fmt: skip
        outcomes, gotos = self._outcomes(stored, place)
        step = Step(
            performers=self._people(stored, "performers", place),
            copies=self._people(stored, "copies", place),
            sign=self._sign(stored.get("sign"), f"{place}.sign"),
            deadline=self._deadline(stored.get("deadline"), f"{place}.deadline"),
            escalation=self._escalation(stored.get("escalation"), f"{place}.escalation"),
            fields=self._fields(stored.get("fields"), f"{place}.fields"),
            denied=self._acts(stored, "denied", place) - set(GRANTED_ACTIONS),
            granted=self._acts(stored, "granted", place, GRANTED_ACTIONS),
            outcomes=outcomes,
        )
        return ListedStep(
            self._id(stored, place),
            self._text(stored, "name", place, limits.NAME_LENGTH),
            self._text(stored, "name_en", place, limits.NAME_LENGTH),
            step,
            gotos,
            self._text(stored, "skip", place, limits.EXPRESSION_LENGTH),
            self._text(stored, "note", place, 1000),
        )

    def _outcomes(self, stored: Any, place: str) -> tuple[tuple[Outcome, ...], dict[str, str]]:
        outcomes: list[Outcome] = []
        gotos: dict[str, str] = {}
        for index, each in enumerate(self._list(stored, "outcomes", place)):
            here = f"{place}.outcomes.{index}"
            self._keys(each, here, ("value", "label", "label_en", "goto"))
            value = self._text(each, "value", here, 40)
            goto = self._text(each, "goto", here, 60) or "next"
            if not _WORD.fullmatch(value) or value in {other.value for other in outcomes}:
                raise StepsFault(params={"place": f"{here}.value"})
            label = self._text(each, "label", here, 100) or value
            outcomes.append(Outcome(value, label, self._text(each, "label_en", here, 100)))
            if goto != "next":
                gotos[value] = goto
        return tuple(outcomes), gotos

    def _people(self, stored: Any, key: str, place: str) -> tuple[Performer, ...]:
        found = []
        for index, each in enumerate(self._list(stored, key, place)):
            here = f"{place}.{key}.{index}"
            self._keys(each, here, ("kind", "ref"))
            kind = self._one_of(each.get("kind"), PERFORMER_KINDS, f"{here}.kind")
            ref = self._text(each, "ref", here, limits.ID_LENGTH)
            if (kind in WITHOUT_REF) == bool(ref):
                raise StepsFault(params={"place": f"{here}.ref"})
            found.append(Performer(kind, ref))
        return tuple(dict.fromkeys(found))

    def _sign(self, stored: Any, place: str) -> Sign:
        if stored is None:
            return Sign()
        self._keys(stored, place, ("rule", "share", "order"))
        rule = self._one_of(stored.get("rule"), SIGN_RULES, f"{place}.rule")
        share = stored.get("share")
        if rule == "share" and not (type(share) is int and 1 <= share <= 100):
            raise StepsFault(params={"place": f"{place}.share"})
        order = self._one_of(stored.get("order", "parallel"), ORDERS, f"{place}.order")
        return Sign(rule, share if rule == "share" else None, order)

    def _deadline(self, stored: Any, place: str) -> Deadline | None:
        if stored is None:
            return None
        self._keys(stored, place, ("amount", "unit"))
        return Deadline(
            self._amount(stored, "amount", place), self._one_of(stored.get("unit"), UNITS, f"{place}.unit")
        )

    def _escalation(self, stored: Any, place: str) -> Escalation | None:
        if stored is None:
            return None
        self._keys(stored, place, ("after", "unit", "to"))
        return Escalation(
            self._amount(stored, "after", place),
            self._one_of(stored.get("unit"), UNITS, f"{place}.unit"),
            self._one_of(stored.get("to"), ESCALATE_TO, f"{place}.to"),
        )

    def _fields(self, stored: Any, place: str) -> tuple[FieldAccess, ...]:
        if stored is None:
            return ()
        if not isinstance(stored, Mapping) or len(stored) > limits.VARIABLES:
            raise StepsFault(params={"place": place})
        found = []
        for name, access in stored.items():
            if not isinstance(name, str) or not _WORD.fullmatch(name):
                raise StepsFault(params={"place": f"{place}.{str(name)[:40]}"})
            found.append(FieldAccess(name, self._one_of(access, ACCESSES, f"{place}.{name}")))
        return tuple(found)

    def _acts(self, stored: Any, key: str, place: str, known: tuple[str, ...] = ACTIONS) -> frozenset[str]:
        return frozenset(
            self._one_of(each, known, f"{place}.{key}") for each in self._list(stored, key, place)
        )

    # ----- small parts

    def _keys(self, stored: Any, place: str, allowed: tuple[str, ...]) -> None:
        if not isinstance(stored, Mapping):
            raise StepsFault(params={"place": place or "steps"})
        for key in stored:
            if key not in allowed:
                raise StepsFault(params={"place": f"{place}.{str(key)[:40]}".lstrip(".")})

    def _list(self, stored: Any, key: str, place: str) -> list[Any]:
        found = stored.get(key) if stored.get(key) is not None else []
        if not isinstance(found, list) or len(found) > STEPS:
            raise StepsFault(params={"place": f"{place}.{key}".lstrip(".")})
        return found

    def _text(self, stored: Any, key: str, place: str, limit: int) -> str:
        found = stored.get(key)
        found = "" if found is None else found
        if (
            not isinstance(found, str)
            or len(found) > limit
            or any(ord(each) < 32 for each in found if each not in "\n\t")
        ):
            raise StepsFault(params={"place": f"{place}.{key}".lstrip(".")})
        return found.strip() if key in ("note", "skip") else " ".join(found.split())

    def _one_of(self, value: Any, allowed: tuple[str, ...], place: str) -> str:
        if not isinstance(value, str) or value not in allowed:
            raise StepsFault(params={"place": place})
        return value

    def _amount(self, stored: Any, key: str, place: str) -> int:
        value = stored.get(key)
        if type(value) is not int or not 0 < value <= 3650:
            raise StepsFault(params={"place": f"{place}.{key}"})
        return value

    def _id(self, stored: Any, place: str) -> str:
        found = self._text(stored, "id", place, 40)
        if not _WORD.fullmatch(found) or found in self.ids:
            raise StepsFault(params={"place": f"{place}.id"})
        self.ids.add(found)
        return found

    def _resolved(self, steps: StepList) -> StepList:
        """Where outcomes lead must exist; the step before and the next one have one name each."""
        order = [each.id for each in steps.items]
        items: list[ListedStep | Group] = []
        for index, item in enumerate(steps.items):
            if isinstance(item, Group):
                branches = tuple(
                    self._led(each, order, index, f"steps.{index}.parallel.{number}")
                    for number, each in enumerate(item.branches)
                )
                items.append(Group(item.id, item.name, item.name_en, branches))
            else:
                items.append(self._led(item, order, index, f"steps.{index}"))
        return StepList(steps.id, steps.name, steps.name_en, tuple(items))

    def _led(self, item: ListedStep, order: list[str], index: int, place: str) -> ListedStep:
        gotos = {}
        for number, outcome in enumerate(item.step.outcomes):
            goto = item.gotos.get(outcome.value, "next")
            here = f"{place}.outcomes.{number}.goto"
            if goto.startswith("step:"):
                if goto[5:] not in order:
                    raise StepsFault(params={"place": here})
                target = order.index(goto[5:])
                goto = {index - 1: "back", index + 1: "next"}.get(target, goto)
            elif goto not in ("next", "back", "end") or (goto == "back" and index == 0):
                raise StepsFault(params={"place": here})
            if goto != "next":
                gotos[outcome.value] = goto
        return ListedStep(item.id, item.name, item.name_en, item.step, gotos, item.skip, item.note)
