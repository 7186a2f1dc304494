"""What a part of a template says, in words for the comparison."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from asp.forms.kinds import KINDS
from asp.forms.words import Words
from asp.ui.text import localized
from office.workflow.bpmn.compare import ACCESS_WORDS, ACTION_WORDS, RULES, UNITS
from office.workflow.bpmn.elements import Performer
from office.workflow.central.merging import Part
from office.workflow.managing.performers import Names

GROUPS = {
    "text": lambda: _("Text"),
    "form": lambda: _("Form"),
    "section": lambda: _("Section"),
    "field": lambda: _("Field"),
    "step": lambda: _("Step"),
    "flow": lambda: _("Flow"),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A part with the lines of each side; None: it is not there."""

    part: Part
    group: str
    base: list[str] | None
    own: list[str] | None
    new: list[str] | None


def shown_parts(parts: Iterable[Part]) -> list[Shown]:
    """Every part in words, with the names of those who are named."""
    parts = list(parts)
    values = [value for each in parts for value in (each.base, each.own, each.new)]
    names = Names(_performers(values))
    return [
        Shown(
            each,
            GROUPS[each.group](),
            *(
                None if value is None else list(_lines(each.group, value, names))
                for value in (each.base, each.own, each.new)
            ),
        )
        for each in parts
    ]


def _performers(values: list[Any]) -> Iterator[Performer]:
    for value in values:
        for step in _steps(value):
            for each in (*step.get("performers", ()), *step.get("copies", ())):
                yield Performer(each["kind"], each.get("ref", ""))


def _steps(value: Any) -> list[dict[str, Any]]:
    if not isinstance(value, dict):
        return []
    return value.get("parallel") or ([value] if "performers" in value else [])


def _lines(group: str, value: Any, names: Names) -> Iterator[str]:
    if group == "text":
        yield str(value)
    elif group == "flow":
        yield from _flow(value)
    elif group == "step":
        for step in _steps(value):
            yield from _step(step, names, inner="parallel" in value)
    else:
        yield from _field(value)


def _flow(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield _("A drawing that is no list of steps")
        return
    for each in value["steps"]:
        yield localized(each)


def _field(value: dict[str, Any]) -> Iterator[str]:
    if kind := KINDS.get(str(value.get("kind"))):
        yield str(kind.title)
    for key in ("label", "title", "help", "text"):
        words = value.get(key)
        if isinstance(words, dict) and (text := Words(words.get("zh", ""), words.get("en", "")).text):
            yield text
    if value.get("required"):
        yield _("must be filled in")
    if value.get("when"):
        yield _("only if {condition}").format(condition=value["when"])
    if value.get("expression"):
        yield f"= {value['expression']}"
    for key in ("options", "columns"):
        if value.get(key):
            words = [
                Words(each["label"].get("zh", ""), each["label"].get("en", "")).text for each in value[key]
            ]
            yield pgettext("process", ", ").join(words)
    rest = {
        key: each
        for key, each in value.items()
        if key
        not in (
            "name",
            "kind",
            "label",
            "title",
            "help",
            "text",
            "required",
            "when",
            "expression",
            "options",
            "columns",
            "was",
        )
        and each not in (None, "", False, [], {})
    }
    for key, each in rest.items():
        yield f"{key}: {each}"


def _step(step: dict[str, Any], names: Names, *, inner: bool) -> Iterator[str]:
    if inner:
        yield localized(step)
    people = [
        names.shown(Performer(each["kind"], each.get("ref", ""))).label for each in step.get("performers", ())
    ]
    yield _("Done by {people}").format(people=pgettext("process", ", ").join(people) or "–")
    if sign := step.get("sign"):
        yield str(RULES[sign["rule"]]).format(share=sign.get("share", "")) + " · " + str(RULES[sign["order"]])
    if deadline := step.get("deadline"):
        yield str(UNITS[deadline["unit"]]).format(amount=deadline["amount"])
    if escalation := step.get("escalation"):
        after = str(UNITS[escalation["unit"]]).format(amount=escalation["after"])
        yield _("escalates {time} after the deadline").format(time=after)
    if outcomes := step.get("outcomes"):
        words = [f"{localized(each, 'label')} → {_leads_to(each.get('goto', 'next'))}" for each in outcomes]
        yield pgettext("process", ", ").join(words)
    if step.get("skip"):
        yield _("left out if {condition}").format(condition=step["skip"])
    if fields := step.get("fields"):
        yield pgettext("process", ", ").join(
            f"{name}: {ACCESS_WORDS[access]}" for name, access in fields.items()
        )
    if denied := step.get("denied"):
        yield _("not allowed: {acts}").format(
            acts=pgettext("process", ", ").join(str(ACTION_WORDS[each]) for each in denied)
        )
    if granted := step.get("granted"):
        yield _("allowed: {acts}").format(
            acts=pgettext("process", ", ").join(str(ACTION_WORDS[each]) for each in granted)
        )
    if copies := step.get("copies"):
        told = [names.shown(Performer(each["kind"], each.get("ref", ""))).label for each in copies]
        yield _("Told afterwards: {people}").format(people=pgettext("process", ", ").join(told))
    if step.get("note"):
        yield step["note"]


def _leads_to(goto: str) -> str:
    kind, _colon, step = goto.partition(":")
    words = {"next": _("on to the next step"), "end": _("to the end"), "back": _("back to the step before")}
    return words.get(kind, step or goto)
