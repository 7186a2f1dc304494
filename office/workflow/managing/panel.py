"""The panel of one step: from its JSON to what the page shows, and back from what was sent."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from asp.forms import Definition as Form
from asp.ui.text import localized
from office.workflow.bpmn.elements import ACCESSES, ACTIONS, GRANTED_ACTIONS, Performer
from office.workflow.managing.forms import GroupPanel, StepPanel
from office.workflow.managing.listing import outcome, places
from office.workflow.managing.performers import Names, Shown, key_of, performer_of, ready

if TYPE_CHECKING:
    from django.http import QueryDict

Data = dict[str, Any]
MOST_OUTCOMES = 20
_ROW = re.compile(r"o\.(\d{1,3})\.value")


@dataclass(frozen=True, slots=True)
class AccessRow:
    """A field of the form with what the step may do with it."""

    name: str
    label: str
    section: str
    access: str
    choices: tuple[tuple[str, str], ...]


def access_words() -> tuple[tuple[str, str], ...]:
    """What a step may do with a field."""
    words = {
        "hidden": pgettext("access", "Hidden"),
        "read": pgettext("access", "Read"),
        "edit": pgettext("access", "Fill in"),
        "required": pgettext("access", "Must fill in"),
    }
    return tuple((each, words[each]) for each in ACCESSES)


class Panel:
    """What the middle of the steps page shows. `posted`: what was sent and not taken."""

    def __init__(self, data: Data, step: Data, form: Form | None, posted: "QueryDict | None" = None) -> None:
        self.data, self.step, self.posted = data, step, posted
        self.is_group = "parallel" in step
        made = GroupPanel if self.is_group else StepPanel
        self.form = made(posted, initial=initial_of(step), prefix=None)
        self.at = step["id"]
        self.definition = form

    @property
    def names(self) -> dict[str, str]:
        """Ids of all steps with their names."""
        return {
            each["id"]: localized(each) or each["id"]
            for each, _list, _index in places(self.data)
            if "parallel" not in each
        }

    def people(self, key: str) -> list[Shown]:
        """Performers or copies with their words."""
        if self.posted is not None:
            performers = [performer_of(each) for each in self.posted.getlist(key) if _readable(each)]
        else:
            performers = [Performer(each["kind"], each.get("ref", "")) for each in self.step.get(key, ())]
        known = Names(performers, steps=self.names, form=self.definition)
        return [known.shown(each) for each in performers]

    @property
    def performers(self) -> list[Shown]:
        """Who does it."""
        return self.people("performers")

    @property
    def copies(self) -> list[Shown]:
        """Who is told when it is done."""
        return self.people("copies")

    @property
    def ready_performers(self) -> list[tuple[str, str, str]]:
        """What can be added without looking for it."""
        return self._ready("performers", copies=False)

    @property
    def ready_copies(self) -> list[tuple[str, str, str]]:
        """The same for those who are told."""
        return self._ready("copies", copies=True)

    def _ready(self, key: str, *, copies: bool) -> list[tuple[str, str, str]]:
        taken = {each.key for each in self.people(key)}
        others = [(node, name) for node, name in self.names.items() if node != self.at]
        return [each for each in ready(others, self.definition, copies=copies) if each[0] not in taken]

    @property
    def outcomes(self) -> list[Data]:
        """The outcomes with a number each."""
        rows = outcomes_sent(self.posted) if self.posted is not None else self.step.get("outcomes", ())
        return [{"number": number, **each} for number, each in enumerate(rows)]

    @property
    def gotos(self) -> list[tuple[str, str]]:
        """Where an outcome may lead from here."""
        top = list(self.data["steps"])
        here = next(
            (
                index
                for index, each in enumerate(top)
                if self.at == each["id"] or self.at in {one["id"] for one in each.get("parallel", ())}
            ),
            0,
        )
        found = [("next", _("on to the next step")), ("end", _("to the end"))]
        if here:
            found.insert(1, ("back", _("back to the step before")))
        found += [
            (f"step:{each['id']}", _("to “{name}”").format(name=localized(each) or each["id"]))
            for index, each in enumerate(top)
            if index not in (here - 1, here + 1)
        ]
        return found

    @property
    def goes_back(self) -> bool:
        """Whether a step comes before it."""
        return any(key == "back" for key, _words in self.gotos)

    @property
    def access(self) -> list[AccessRow]:
        """The fields of the form with what this step may do with each."""
        given: Mapping[str, str]
        given = access_sent(self.posted) if self.posted is not None else self.step.get("fields", {})
        words = access_words()
        rows = []
        for section in self.definition.sections if self.definition else ():
            for each in section.fields:
                if each.kind == "note":
                    continue
                choices = words[:2] if each.kind == "computed" else words
                rows.append(
                    AccessRow(
                        each.name, each.label.text, section.title.text, given.get(each.name, "read"), choices
                    )
                )
        return rows


def initial_of(step: Data) -> Data:
    """A step as its plain form begins."""
    sign, deadline, escalation = (step.get(key) or {} for key in ("sign", "deadline", "escalation"))
    return {
        "name": step.get("name", ""),
        "name_en": step.get("name_en", ""),
        "note": step.get("note", ""),
        "rule": sign.get("rule", "one"),
        "share": sign.get("share"),
        "order": sign.get("order", "parallel"),
        "amount": deadline.get("amount"),
        "unit": deadline.get("unit", "workdays"),
        "after": escalation.get("after"),
        "after_unit": escalation.get("unit", "workdays"),
        "to": escalation.get("to", "head"),
        "skip": step.get("skip", ""),
        "allowed": [
            each
            for each in ACTIONS
            if (
                each in step.get("granted", ())
                if each in GRANTED_ACTIONS
                else each not in step.get("denied", ())
            )
        ],
    }


def step_sent(step: Data, clean: Mapping[str, Any], posted: "QueryDict", *, op: str = "") -> Data:
    """The step as it was sent; `op` adds or takes away one performer or outcome."""
    if "parallel" in step:
        made = {**step, "name": clean["name"], "name_en": clean["name_en"]}
        return {key: value for key, value in made.items() if value}
    made = {
        "id": step["id"],
        "name": clean["name"],
        "name_en": clean["name_en"],
        "note": clean["note"],
        "performers": people_sent(posted, "performers", op),
        "copies": people_sent(posted, "copies", op),
        "outcomes": _outcomes_with(outcomes_sent(posted), op),
        "fields": {
            name: access
            for name, access in access_sent(posted).items()
            if access in ACCESSES and access != "read"
        },
        "denied": [each for each in ACTIONS if each not in clean["allowed"] and each not in GRANTED_ACTIONS],
        "granted": [each for each in GRANTED_ACTIONS if each in clean["allowed"]],
        "skip": clean["skip"],
    }
    if clean["rule"] != "one" or clean["order"] != "parallel":
        made["sign"] = {"rule": clean["rule"], "order": clean["order"]}
        if clean["rule"] == "share":
            made["sign"]["share"] = clean["share"]
    if clean["amount"]:
        made["deadline"] = {"amount": clean["amount"], "unit": clean["unit"]}
        if clean["after"]:
            made["escalation"] = {"after": clean["after"], "unit": clean["after_unit"], "to": clean["to"]}
    return {key: value for key, value in made.items() if value or key in ("id", "name", "performers")}


def people_sent(posted: "QueryDict", key: str, op: str = "") -> list[dict[str, str]]:
    """Performers or copies. Ops: `performers+post:0190…` adds, `performers-post:0190…` takes away."""
    keys = [each for each in posted.getlist(key) if _readable(each)]
    if op.startswith(f"{key}+") and _readable(op[len(key) + 1 :]):
        keys.append(op[len(key) + 1 :])
    if op.startswith(f"{key}-"):
        keys = [each for each in keys if each != op[len(key) + 1 :]]
    found = [performer_of(each) for each in dict.fromkeys(keys)]
    return [{"kind": each.kind, "ref": each.ref} if each.ref else {"kind": each.kind} for each in found]


def outcomes_sent(posted: "QueryDict") -> list[Data]:
    """The rows of outcomes, in the order of their numbers."""
    numbers = sorted(int(found[1]) for key in posted if (found := _ROW.fullmatch(key)))
    rows = []
    for number in numbers[:MOST_OUTCOMES]:
        row = {
            name: " ".join(posted.get(f"o.{number}.{name}", "").split())
            for name in ("value", "label", "label_en", "goto")
        }
        rows.append({key: value for key, value in row.items() if value})
    return rows


def _outcomes_with(rows: list[Data], op: str) -> list[Data]:
    """Ops: `outcomes+agree` adds, `outcomes-1` takes the row away."""
    if op.startswith("outcomes+"):
        return [*rows, outcome(op[9:], {each.get("value", "") for each in rows})][:MOST_OUTCOMES]
    if op.startswith("outcomes-") and op[9:].isdigit():
        return [each for number, each in enumerate(rows) if number != int(op[9:])]
    return rows


def access_sent(posted: "QueryDict") -> dict[str, str]:
    """Field → access."""
    return {key[2:]: str(posted[key]) for key in posted if key.startswith("a.")}


def _readable(key: str) -> bool:
    try:
        performer_of(key)
    except ValueError:
        return False
    return True


def keys_of(people: Iterable[Performer]) -> list[str]:
    """As forms send them."""
    return [key_of(each) for each in people]
