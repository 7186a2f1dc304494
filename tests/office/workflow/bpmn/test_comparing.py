from copy import deepcopy
from typing import Any

from django.utils import translation

from office.workflow.bpmn.compare import CHANGES, compare
from office.workflow.bpmn.steps import definition_of_steps, steps_from_json
from tests.support.engineering_centre import ENGINEERING_CENTRE


def changed(**steps: Any) -> Any:
    stored = deepcopy(ENGINEERING_CENTRE)
    for item in stored["steps"]:
        for each in item.get("parallel", [item]):
            each.update(steps.get(each["id"], {}))
    return definition_of_steps(steps_from_json(stored))


BEFORE = changed()


def words(after: Any, language: str = "en") -> dict[str, list[str]]:
    with translation.override(language):
        found: dict[str, list[str]] = {}
        for each in compare(BEFORE, after):
            found.setdefault(each.element, []).append(each.text)
        return found


def test_the_same_has_no_differences() -> None:
    assert compare(BEFORE, changed()) == []


def test_it_says_what_was_changed() -> None:
    after = changed(
        first={
            "performers": [{"kind": "head", "ref": "parent"}, {"kind": "former", "ref": "accept"}],
            "deadline": {"amount": 5, "unit": "hours"},
            "escalation": {"after": 2, "unit": "days", "to": "head"},
            "fields": {"opinion": "required"},
            "denied": ["hand_over"],
            "sign": {"rule": "all", "order": "sequence"},
            "copies": [{"kind": "starter"}],
            "name": "业务科初审",
        }
    )
    assert words(after) == {
        "first": [
            "Was called “科技信息局初审”, is called “业务科初审”.",
            "Done by head of the department above the starter's, who did “科技信息局受理”; before: role tech_officer.",
            "Told afterwards: the starter; before: nothing.",
            "Signing: all of them, one after the other; before: one of them.",
            "Deadline: 5 hours; before: 3 working days.",
            "Escalation: the head, 2 days after the deadline; before: nothing.",
            "Field “opinion”: required; before: read.",
            "No longer allowed: hand over.",
        ]
    }


def test_it_says_what_came_and_went_and_which_conditions() -> None:
    stored = deepcopy(ENGINEERING_CENTRE)
    del stored["steps"][4]
    stored["steps"][2]["parallel"][2]["skip"] = "amount < 500000"
    stored["steps"].append({"id": "publish", "name": "公示", "performers": [{"kind": "starter"}]})
    found = words(definition_of_steps(steps_from_json(stored)))
    assert found["publish"] == ["Added: step."]
    assert found["notify"] == ["Removed: step."]
    assert (
        "Condition from “experts-skip” to “experts-merge”: amount < 500000; before: amount < 100000."
        in sum(found.values(), [])
    )


def test_references_get_their_names() -> None:
    after = changed(first={"performers": [{"kind": "role", "ref": "boss"}]})
    with translation.override("en"):
        texts = [
            each.text
            for each in compare(
                BEFORE, after, names=lambda performer: {"boss": "Director"}.get(performer.ref)
            )
        ]
    assert texts == ["Done by role Director; before: role tech_officer."]


def test_every_change_has_words() -> None:
    for text in CHANGES.values():
        assert str(text)
