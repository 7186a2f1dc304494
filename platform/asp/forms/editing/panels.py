"""The panel beside the list: a Django form for the settings of one field, made from its kind and back to JSON."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from asp.forms.counting import countings
from asp.forms.definition.reader import HELP_LONGEST, LABEL_LONGEST, NAME_LONGEST
from asp.forms.errors import Fault
from asp.forms.expressions import LONGEST
from asp.forms.files import TYPES
from asp.forms.kinds import KINDS
from asp.forms.patterns import patterns
from asp.ui.forms import Form

Data = dict[str, Any]

_WIDTHS = (("full", _("whole line")), ("half", _("half a line")), ("third", _("a third of a line")))
_LOOKS = (("auto", _("as it fits")), ("buttons", _("buttons")), ("list", _("list to open")))
_RESULTS = (("number", _("a number")), ("money", _("an amount of money")), ("yes_no", _("yes or no")))
_PLACES = [(number, str(number)) for number in range(7)]
# A setting that a fault names -> the control where it is shown.
_SHOWN_AT = {
    "label": "label_zh",
    "help": "help_zh",
    "unit": "unit_zh",
    "text": "text_zh",
    "title": "title_zh",
}


def _line(label: Any, most: int, *, help_text: Any = "", **kwargs: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=most, required=False, help_text=help_text, **kwargs)


def _area(label: Any, most: int, *, help_text: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=most,
        required=False,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


def _flag(label: Any, *, help_text: Any = "") -> forms.BooleanField:
    return forms.BooleanField(label=label, required=False, help_text=help_text)


def _pick(label: Any, choices: Any, *, help_text: Any = "") -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices, required=False, help_text=help_text)


def _count(label: Any, least: int, most: int) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=least, max_value=most, required=False)


class FieldPanel(Form):
    """The settings of a field; `kind` decides which there are. `as_json` gives the field's JSON."""

    def __init__(self, *args: Any, each: Data, column: bool = False, **kwargs: Any) -> None:
        self.each, self.column = each, column
        self.kind = KINDS.get(str(each.get("kind")), KINDS["note"])
        kwargs.setdefault("initial", dict(_initial(each)))
        super().__init__(*args, **{"auto_id": "p-%s", **kwargs})
        self.fields.update(self._common())
        self.fields.update(_SETTINGS.get(self.kind.code, dict)())

    def _common(self) -> dict[str, forms.Field]:
        note = self.kind.code == "note"
        found: dict[str, forms.Field] = {
            "label_zh": _line(_("Label (Chinese)"), LABEL_LONGEST),
            "label_en": _line(_("Label (English)"), LABEL_LONGEST),
            "name": _line(
                _("Name in calculations"),
                NAME_LONGEST,
                help_text=_("Small letters, digits, _. Conditions and processes use it."),
            ),
        }
        if not note:
            found["help_zh"] = _area(_("Help (Chinese)"), HELP_LONGEST)
            found["help_en"] = _area(_("Help (English)"), HELP_LONGEST)
        if self.kind.asks:
            found["required"] = _flag(_("Must be filled in"))
        if not self.column:
            found["width"] = _pick(_("Width"), _WIDTHS)
            found["when"] = _line(
                _("Only asked if"),
                LONGEST,
                help_text=_("A condition, for example: amount > 5000 and kind == 'a'"),
            )
        return found

    def as_json(self) -> Data:
        """The field's JSON with what was typed; settings left empty are left out."""
        typed = self.cleaned_data
        found: Data = {"name": typed["name"], "kind": self.kind.code}
        for key in ("label", "help", "unit", "text"):
            if f"{key}_zh" in typed:
                found[key] = {"zh": typed[f"{key}_zh"], "en": typed[f"{key}_en"]}
        for key, value in typed.items():
            if key == "options":
                found[key] = _options_read(value)
            elif key not in found and not key.endswith(("_zh", "_en")) and value not in (None, "", []):
                found[key] = value
        if found.get("required") is False:
            del found["required"]
        if "decimals" in found:
            found["decimals"] = int(found["decimals"])
        if self.kind.code == "yes_no" and "initial" in found:
            found["initial"] = found["initial"] == "yes"
        if self.each.get("was"):
            found["was"] = self.each["was"]
        return found

    def say(self, faults: tuple[Fault, ...], at: str) -> None:
        """Put what is wrong with the definition at the control where it can be put right.

        `at` is what was edited; a fault may call it by its new name.
        """
        table, dot, _column = at.rpartition(".")
        own = {at.removeprefix("§"), "", f"{table}{dot}{self.cleaned_data.get('name', '')}"}
        for fault in faults:
            target = _SHOWN_AT.get(fault.option, fault.option)
            if fault.where not in own or target not in self.fields:
                self.add_error(None, f"{fault.where}: {fault.text}" if fault.where else fault.text)
            else:
                self.add_error(target, fault.text)


class SectionPanel(Form):
    """A section's title, help and condition."""

    title_zh = _line(_("Heading (Chinese)"), LABEL_LONGEST)
    title_en = _line(_("Heading (English)"), LABEL_LONGEST)
    help_zh = _area(_("Help (Chinese)"), HELP_LONGEST)
    help_en = _area(_("Help (English)"), HELP_LONGEST)
    when = _line(
        _("Only asked if"), LONGEST, help_text=_("A condition, for example: amount > 5000 and kind == 'a'")
    )

    def __init__(self, *args: Any, each: Data, **kwargs: Any) -> None:
        kwargs.setdefault("initial", dict(_initial(each)))
        super().__init__(*args, **{"auto_id": "p-%s", **kwargs})

    def as_json(self) -> Data:
        """The section's JSON without name and fields."""
        typed = self.cleaned_data
        found: Data = {
            "title": {"zh": typed["title_zh"], "en": typed["title_en"]},
            "help": {"zh": typed["help_zh"], "en": typed["help_en"]},
        }
        if typed["when"]:
            found["when"] = typed["when"]
        return found

    say = FieldPanel.say


class FormPanel(SectionPanel):
    """The form's own title and help."""

    when = None  # type: ignore[assignment]
    title_zh = _line(_("Title (Chinese)"), LABEL_LONGEST)
    title_en = _line(_("Title (English)"), LABEL_LONGEST)

    def as_json(self) -> Data:
        """Title and help."""
        typed = self.cleaned_data
        return {
            "title": {"zh": typed["title_zh"], "en": typed["title_en"]},
            "help": {"zh": typed["help_zh"], "en": typed["help_en"]},
        }


def _initial(each: Data) -> Iterator[tuple[str, Any]]:
    for key, value in each.items():
        if key == "options" and isinstance(value, list):
            yield key, _options_text(value)
        elif isinstance(value, Mapping):
            yield f"{key}_zh", value.get("zh", "")
            yield f"{key}_en", value.get("en", "")
        elif key == "initial" and isinstance(value, bool):
            yield key, "yes" if value else "no"
        else:
            yield key, value


# ----- options of a choice: one a line, 中文 | English | value


def _options_text(options: list[Any]) -> str:
    lines = []
    for each in options:
        label = each.get("label") if isinstance(each, dict) else None
        words = label if isinstance(label, dict) else {}
        lines.append(
            f"{words.get('zh', '')} | {words.get('en', '')} | {each.get('value', '') if isinstance(each, dict) else ''}"
        )
    return "\n".join(lines)


def _options_read(text: str) -> list[Data]:
    found: list[Data] = []
    lines = [
        [part.strip() for part in re.split(r"[|｜]", line)] for line in text.splitlines() if line.strip()
    ]
    taken = {parts[2] for parts in lines if len(parts) > 2}
    number = 1
    for parts in lines:
        zh, en, value = (*parts[:3], "", "", "")[:3]
        if not value:
            while f"o{number}" in taken:
                number += 1
            value = f"o{number}"
            taken.add(value)
        found.append({"value": value, "label": {"zh": zh, "en": en}})
    return found


# ----- the settings of each kind


def _text() -> dict[str, forms.Field]:
    shapes = [("", _("any text")), *((each.code, each.title) for each in patterns())]
    return {
        "multiline": _flag(_("Several lines")),
        "max_length": _count(_("Characters at most"), 1, 10_000),
        "pattern": _pick(_("Shape"), shapes),
        "initial": _line(_("Begins with"), 200),
    }


def _bounds() -> dict[str, forms.Field]:
    return {"min": _line(_("At least"), 30), "max": _line(_("At most"), 30)}


def _unit() -> dict[str, forms.Field]:
    return {"unit_zh": _line(_("Unit (Chinese)"), 20), "unit_en": _line(_("Unit (English)"), 20)}


def _number() -> dict[str, forms.Field]:
    return {
        "decimals": _pick(_("Decimal places"), _PLACES),
        **_bounds(),
        **_unit(),
        "initial": _line(_("Begins with"), 30),
    }


class Switch(forms.TypedChoiceField):
    """On or off, where leaving it out means on."""

    def __init__(self, label: Any) -> None:
        choices = (("True", pgettext_lazy("answer", "Yes")), ("False", pgettext_lazy("answer", "No")))
        super().__init__(
            label=label, choices=choices, required=False, coerce=lambda text: text == "True", empty_value=None
        )


def _money() -> dict[str, forms.Field]:
    return {"capital": Switch(_("With capital figures")), **_bounds(), "initial": _line(_("Begins with"), 30)}


def _dates() -> dict[str, forms.Field]:
    hint = _("A date like 2026-03-05, or today.")
    return {
        "earliest": _line(_("Not before"), 10, help_text=hint),
        "latest": _line(_("Not after"), 10, help_text=hint),
    }


def _date() -> dict[str, forms.Field]:
    return {**_dates(), "initial": _pick(_("Begins with"), (("", _("nothing")), ("today", _("today"))))}


def _period() -> dict[str, forms.Field]:
    ways = [("", _("not counted")), *((each.code, each.title) for each in countings())]
    return {**_dates(), "days": _pick(_("Days"), ways)}


def _choice() -> dict[str, forms.Field]:
    return {
        "options": forms.CharField(
            label=_("Options"),
            max_length=100_000,
            required=False,
            widget=forms.Textarea(attrs={"rows": 6}),
            help_text=_(
                "One a line: Chinese | English | value. The value is for conditions; leave it out for a new one."
            ),
        ),
        "multiple": _flag(_("Several can be chosen")),
        "look": _pick(_("Look"), _LOOKS),
        "initial": _line(_("Begins with the value"), 40),
    }


def _yes_no() -> dict[str, forms.Field]:
    return {
        "confirm": _flag(_("A box to be ticked"), help_text=_("For statements that must be confirmed.")),
        "initial": _pick(
            _("Begins with"),
            (
                ("", _("nothing")),
                ("yes", pgettext_lazy("answer", "Yes")),
                ("no", pgettext_lazy("answer", "No")),
            ),
        ),
    }


def _person() -> dict[str, forms.Field]:
    first = (("", _("nothing")), ("me", _("whoever begins the form")))
    return {"many": _flag(_("Several can be chosen")), "initial": _pick(_("Begins with"), first)}


def _department() -> dict[str, forms.Field]:
    return {"many": _flag(_("Several can be chosen"))}


def _attachment() -> dict[str, forms.Field]:
    kinds = [(key, title) for key, (title, _types, _accept) in TYPES.items()]
    return {
        "min": _count(_("Files at least"), 0, 20),
        "max": _count(_("Files at most"), 1, 20),
        "types": forms.MultipleChoiceField(
            label=_("Only these types"), choices=kinds, required=False, widget=forms.CheckboxSelectMultiple
        ),
    }


def _computed() -> dict[str, forms.Field]:
    return {
        "expression": forms.CharField(
            label=_("Calculation"),
            max_length=LONGEST,
            required=False,
            widget=forms.Textarea(attrs={"rows": 2}),
            help_text=_("With + − * /, brackets and the functions sum, min, max, round, len."),
        ),
        "result": _pick(_("Result"), _RESULTS),
        "decimals": _pick(_("Decimal places"), _PLACES),
        **_unit(),
    }


def _note() -> dict[str, forms.Field]:
    return {"text_zh": _area(_("Text (Chinese)"), 4000), "text_en": _area(_("Text (English)"), 4000)}


def _table() -> dict[str, forms.Field]:
    return {
        "min_rows": _count(_("Rows at least"), 0, 200),
        "max_rows": _count(_("Rows at most"), 1, 200),
        "sums": Names(_("Columns with a sum")),
    }


class Names(forms.CharField):
    """Names with blanks or commas between them, as a list."""

    def __init__(self, label: Any) -> None:
        super().__init__(
            label=label, max_length=1000, required=False, help_text=_("Their names, with blanks between.")
        )

    def prepare_value(self, value: Any) -> Any:
        """A list as text."""
        return " ".join(map(str, value)) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        """A text as a list."""
        return re.split(r"[\s,，、]+", value.strip()) if isinstance(value, str) and value.strip() else []

    def validate(self, value: Any) -> None:
        """Any names; the definition knows which there are."""

    def run_validators(self, value: Any) -> None:
        """None for lists."""


_SETTINGS: dict[str, Any] = {
    "text": _text,
    "number": _number,
    "money": _money,
    "date": _date,
    "datetime": _dates,
    "period": _period,
    "choice": _choice,
    "yes_no": _yes_no,
    "person": _person,
    "department": _department,
    "attachment": _attachment,
    "computed": _computed,
    "note": _note,
    "table": _table,
}
