"""Three texts of one process side by side (三方比较): as it was adopted, as the bureau has it, as it comes now.

A text is {"texts": …, "form": JSON, "steps": JSON or None}. It is taken apart into texts, the form's sections and
fields, and the steps of the list; each part is taken or kept as a whole. A drawing that is no list is one part.
"""

import copy
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Data = dict[str, Any]
TEXTS: dict[str, str | Promise] = {
    "name": _("Name"),
    "name_en": _("Name in English"),
    "description": _("What it is for"),
    "description_en": _("What it is for, in English"),
    "category": _("Category"),
}
FLOW = "flow"
FORM = "form"


@dataclass(frozen=True, slots=True)
class Part:
    """One thing in which the three differ. `group`: text, form, section, field, step, flow.

    `news`: the template has changed it and the bureau does not have that yet; `contested`: the bureau has
    changed it as well. A value that is None is not there.
    """

    key: str
    group: str
    label: str | Promise
    base: Any
    own: Any
    new: Any
    news: bool
    contested: bool

    @property
    def coming(self) -> bool:
        """Whether the bureau does not have it at all."""
        return self.own is None and self.new is not None

    @property
    def going(self) -> bool:
        """Whether the template has it no longer."""
        return self.own is not None and self.new is None


def compare(base: Data, own: Data, new: Data) -> list[Part]:
    """Everything in which the three differ, in the order of the new one."""
    parts = [
        _part(f"text:{key}", "text", label, [each["texts"].get(key) or None for each in (base, own, new)])
        for key, label in TEXTS.items()
    ]
    parts.append(
        _part("form:", FORM, _("Heading of the form"), [_head(each["form"]) for each in (base, own, new)])
    )
    parts += _listed("section", *(_sections(each["form"]) for each in (base, own, new)))
    parts += _listed("field", *(_fields(each["form"]) for each in (base, own, new)))
    if any(each["steps"] is None for each in (base, own, new)):
        parts.append(
            _part(
                "flow:",
                FLOW,
                _("The steps as a whole"),
                [each["steps"] or each.get("bpmn") for each in (base, own, new)],
            )
        )
    else:
        parts += _listed("step", *(_steps(each["steps"]) for each in (base, own, new)))
    return [each for each in parts if each.news or each.own != each.base]


def merge(base: Data, own: Data, new: Data, taken: Collection[str]) -> Data:
    """The bureau's text with the chosen news in it."""
    chosen = {each.key: each for each in compare(base, own, new) if each.news and each.key in taken}
    made: Data = copy.deepcopy({"texts": own["texts"], "form": own["form"], "steps": own["steps"]})
    for key in TEXTS:
        if f"text:{key}" in chosen:
            made["texts"][key] = new["texts"].get(key, "")
    if "form:" in chosen:
        made["form"].update(copy.deepcopy(_head(new["form"])))
    _merge_form(made["form"], new["form"], chosen)
    if "flow:" in chosen:
        made["steps"] = copy.deepcopy(new["steps"])
    elif made["steps"] is not None and new["steps"] is not None:
        made["steps"]["steps"] = _merged(made["steps"]["steps"], new["steps"]["steps"], "id", "step", chosen)
    return made


def _part(key: str, group: str, label: str | Promise, values: Iterable[Any]) -> Part:
    """`values`: as it was adopted, as it is here, as it comes."""
    base, own, new = values
    news = new not in (base, own)
    return Part(key, group, label, base, own, new, news, news and own != base)


def _listed(
    group: str, base: Mapping[str, Any], own: Mapping[str, Any], new: Mapping[str, Any]
) -> Iterable[Part]:
    for key in dict.fromkeys((*new, *own, *base)):
        values = [each.get(key) for each in (base, own, new)]
        shown = next(each for each in reversed(values) if each is not None)
        yield _part(f"{group}:{key}", group, _label(shown, key), values)


def _label(value: Data, key: str) -> str:
    words = value.get("label") or value.get("title")
    if isinstance(words, Mapping):
        from asp.forms.words import Words

        return Words(str(words.get("zh") or ""), str(words.get("en") or "")).text or key
    from asp.ui.text import localized

    return localized(value) or key


# ----- the form


def _head(form: Data) -> Data:
    return {key: form[key] for key in ("title", "help") if form.get(key)}


def _sections(form: Data) -> dict[str, Data]:
    """Sections without their fields."""
    return {
        each["name"]: {key: value for key, value in each.items() if key != "fields" and value}
        for each in form["sections"]
    }


def _fields(form: Data) -> dict[str, Data]:
    return {one["name"]: one for each in form["sections"] for one in each.get("fields", ())}


def _merge_form(form: Data, new: Data, chosen: Mapping[str, Part]) -> None:
    heads = [{key: value for key, value in each.items() if key != "fields"} for each in form["sections"]]
    fields = {each["name"]: list(each.get("fields", ())) for each in form["sections"]}
    # The settings of a section come; its fields come each by itself, but need a section to stand in.
    needed = {
        each["name"]
        for each in new["sections"]
        for one in each["fields"]
        if (part := chosen.get(f"field:{one['name']}")) is not None
        and part.coming
        and each["name"] not in fields
    }
    with_sections = {**chosen, **{f"section:{key}": _coming(new, key) for key in needed}}
    sections = _merged(heads, [_plain(each) for each in new["sections"]], "name", "section", with_sections)
    for each in sections:
        fields.setdefault(each["name"], [])
    for each in new["sections"]:
        name = each["name"]
        known = {one["name"] for other in fields.values() for one in other}
        for one in each["fields"]:
            part = chosen.get(f"field:{one['name']}")
            if part is None or one["name"] not in known or name not in fields:
                continue
            for other in fields.values():  # changed where the bureau has it, not where the template has it
                other[:] = [copy.deepcopy(one) if here["name"] == one["name"] else here for here in other]
        if name in fields:
            coming = [
                one for one in each["fields"] if one["name"] not in known and f"field:{one['name']}" in chosen
            ]
            order = [one["name"] for one in each["fields"]]
            for one in coming:
                _insert(fields[name], copy.deepcopy(one), order, "name")
    gone = {part.key.partition(":")[2] for part in chosen.values() if part.group == "field" and part.going}
    form["sections"] = [
        {**each, "fields": [one for one in fields[each["name"]] if one["name"] not in gone]}
        for each in _with_left(sections, heads, fields)
    ]


def _plain(section: Data) -> Data:
    return {key: value for key, value in section.items() if key != "fields"}


def _coming(new: Data, name: str) -> Part:
    section = next(each for each in new["sections"] if each["name"] == name)
    return _part(f"section:{name}", "section", name, (None, None, _plain(section)))


def _with_left(sections: list[Data], heads: list[Data], fields: Mapping[str, list[Data]]) -> list[Data]:
    """A section that goes stays as long as the bureau's own fields stand in it."""
    present = {each["name"] for each in sections}
    return [*sections, *(each for each in heads if each["name"] not in present and fields[each["name"]])]


# ----- lists of things with names


def _merged(
    own: list[Data], new: list[Data], name: str, group: str, chosen: Mapping[str, Part]
) -> list[Data]:
    made = [copy.deepcopy(each) for each in own]
    theirs = {each[name]: each for each in new}
    for index, each in enumerate(made):
        part = chosen.get(f"{group}:{each[name]}")
        if part is not None and each[name] in theirs:
            made[index] = copy.deepcopy(theirs[each[name]])
    order = [each[name] for each in new]
    present = {each[name] for each in made}
    for each in new:
        if each[name] not in present and f"{group}:{each[name]}" in chosen:
            _insert(made, copy.deepcopy(each), order, name)
    gone = {part.key.partition(":")[2] for part in chosen.values() if part.group == group and part.going}
    return [each for each in made if each[name] not in gone]


def _insert(made: list[Data], each: Data, order: list[str], name: str) -> None:
    """Behind what stands before it in the template, as near as it is there."""
    places = {one[name]: index for index, one in enumerate(made)}
    before = order[: order.index(each[name])]
    index = next((places[one] + 1 for one in reversed(before) if one in places), 0)
    made.insert(index, each)


def _steps(steps: Data) -> dict[str, Data]:
    return {each["id"]: each for each in steps["steps"]}
