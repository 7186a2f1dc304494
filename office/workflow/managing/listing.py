"""What can be done to a list of steps: (JSON, act) -> JSON and what is selected. Nothing that is given is changed."""

import copy
from collections.abc import Callable, Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from asp.ui.errors import Conflict, UserFacingError

Data = dict[str, Any]
PRESETS = {
    "agree": ("同意", "Agree", "next"),
    "disagree": ("不同意", "Disagree", "end"),
    "revise": ("退回修改", "Back for changes", "back"),
}


class StepGone(Conflict):
    """Somebody has taken it away."""

    code = "workflow.step_gone"
    message = _("This step is not there any more. Load the page again.")


class StepUsed(UserFacingError):
    """Others lead to it, or name who did it."""

    code = "workflow.step_used"
    message = _("Other steps lead here or name who did this one: {names}. Change them first.")


def apply(data: Data, do: str, at: str) -> tuple[Data, str]:
    """Do `do` at the step `at`; the list and what is selected then. Raises StepGone, StepUsed."""
    made = copy.deepcopy(data)
    act = ACTS.get(do)
    if act is None:
        raise StepGone
    return made, act(made, at)


def find(data: Data, at: str) -> Data | None:
    """A step or group by its id."""
    return next((each for each, _list, _index in places(data) if each["id"] == at), None)


def places(data: Data) -> Iterator[tuple[Data, list[Data], int]]:
    """Every step and group with the list in which it stands."""
    for index, each in enumerate(data["steps"]):
        yield each, data["steps"], index
        for inner, branch in enumerate(each.get("parallel", ())):
            yield branch, each["parallel"], inner


def _place(data: Data, at: str) -> tuple[list[Data], int]:
    for each, found, index in places(data):
        if each["id"] == at:
            return found, index
    raise StepGone


def _top(data: Data, at: str) -> int:
    """The index of the item in which `at` stands; the last one without `at`."""
    for index, each in enumerate(data["steps"]):
        if at == each["id"] or at in {one["id"] for one in each.get("parallel", ())}:
            return index
    return len(data["steps"]) - 1


def free_id(data: Data, stem: str = "step") -> str:
    """An id that nothing has."""
    taken = {each["id"] for each, _list, _index in places(data)}
    number = 1
    while f"{stem}{number}" in taken:
        number += 1
    return f"{stem}{number}"


def new_step(data: Data) -> Data:
    """A step as it first stands there: two outcomes, the head of the starter's department."""
    zh, en = "新步骤", "New step"
    return {
        "id": free_id(data),
        "name": zh,
        "name_en": en,
        "performers": [{"kind": "head", "ref": "starter"}],
        "outcomes": [outcome("agree"), outcome("disagree")],
    }


def outcome(preset: str, taken: set[str] | None = None) -> Data:
    """One of the usual outcomes, or a blank one."""
    if preset in PRESETS and preset not in (taken or ()):
        label, label_en, goto = PRESETS[preset]
        return {"value": preset, "label": label, "label_en": label_en, "goto": goto}
    number = 1
    while f"choice{number}" in (taken or ()):
        number += 1
    return {
        "value": f"choice{number}",
        "label": f"选项{number}",
        "label_en": f"Choice {number}",
        "goto": "next",
    }


def _step_add(data: Data, at: str) -> str:
    step = new_step(data)
    data["steps"].insert(_top(data, at) + 1, step)
    return str(step["id"])


def _group_add(data: Data, at: str) -> str:
    """Two steps side by side."""
    zh, en = "并行办理", "Side by side"
    group = {"id": free_id(data, "group"), "name": zh, "name_en": en}
    index = _top(data, at)
    data["steps"].insert(index + 1, {**group, "parallel": []})
    for _number in range(2):
        data["steps"][index + 1]["parallel"].append(new_step(data))
    return str(group["id"])


def _branch_add(data: Data, at: str) -> str:
    index = _top(data, at)
    if index < 0 or "parallel" not in data["steps"][index]:
        raise StepGone
    step = new_step(data)
    data["steps"][index]["parallel"].append(step)
    return str(step["id"])


def _copy(data: Data, at: str) -> str:
    found, index = _place(data, at)
    if "parallel" in found[index]:
        raise StepGone
    step = {**copy.deepcopy(found[index]), "id": free_id(data)}
    found.insert(index + 1, step)
    return str(step["id"])


def _move(data: Data, at: str, by: int) -> str:
    found, index = _place(data, at)
    other = index + by
    if 0 <= other < len(found):
        found[index], found[other] = found[other], found[index]
        straighten(data)
    return at


def _up(data: Data, at: str) -> str:
    return _move(data, at, -1)


def _down(data: Data, at: str) -> str:
    return _move(data, at, 1)


def _delete(data: Data, at: str) -> str:
    found, index = _place(data, at)
    gone = {at, *(each["id"] for each in found[index].get("parallel", ()))}
    users = [
        each.get("name") or each["id"]
        for each, _list, _index in places(data)
        if each["id"] not in gone and _names(each) & gone
    ]
    if users:
        raise StepUsed(params={"names": ", ".join(users)})
    del found[index]
    for place, each in enumerate(data["steps"]):
        if "parallel" in each and len(each["parallel"]) == 1:
            # One alone is not side by side with anything.
            data["steps"][place] = each["parallel"][0]
    straighten(data)
    return str(found[min(index, len(found) - 1)]["id"]) if found else ""


def _names(step: Data) -> set[str]:
    """The steps that a step names."""
    led = {
        each.get("goto", "")[5:]
        for each in step.get("outcomes", ())
        if each.get("goto", "").startswith("step:")
    }
    people = (*step.get("performers", ()), *step.get("copies", ()))
    return led | {each["ref"] for each in people if each["kind"] == "former"}


def straighten(data: Data) -> None:
    """Before the first step nothing comes: whoever led back there ends now."""
    for each in data["steps"][:1]:
        for step in each.get("parallel", [each]):
            for one in step.get("outcomes", ()):
                if one.get("goto") == "back":
                    one["goto"] = "end"


ACTS: dict[str, Callable[[Data, str], str]] = {
    "step_add": _step_add,
    "group_add": _group_add,
    "branch_add": _branch_add,
    "copy": _copy,
    "up": _up,
    "down": _down,
    "delete": _delete,
}
