"""Choices (选项) and questions to be answered with yes or no (是否)."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from asp.forms.errors import Invalid
from asp.forms.kinds.base import Columns, Context, Kind, Sent
from asp.forms.words import Words

if TYPE_CHECKING:
    from asp.forms.definition.model import Field
    from asp.forms.definition.reader import Reader

MOST_OPTIONS = 200
LOOKS = ("auto", "buttons", "list")
VALUE = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_-]{0,39})")


@dataclass(frozen=True)
class Option:
    """One thing that can be chosen."""

    value: str
    label: Words


@dataclass(frozen=True)
class ChoiceOptions:
    """What can be chosen, whether several, and how it looks."""

    options: tuple[Option, ...] = ()
    multiple: bool = False
    look: str = "auto"

    def label(self, value: str) -> str:
        """The words of a value; the value itself if it is none of these."""
        return next((each.label.text for each in self.options if each.value == value), value)


class Choice(Kind):
    """Stored as the option's value, or as a list of them in the order of the definition."""

    code = "choice"
    title = _("Choice")
    icon = "list-check"
    column = True

    def read(self, reader: "Reader", columns: Columns) -> ChoiceOptions:
        """`options` ([{"value", "label"}]), `multiple`, `look`."""
        from asp.forms.definition.reader import Reader as Inner

        del columns
        options = []
        for each in reader.list_of("options", most=MOST_OPTIONS):
            inner = Inner(each, reader.where, reader.faults, under="options")
            value = inner.take("value")
            if not isinstance(value, str) or not VALUE.fullmatch(value):
                reader.fault("options", _("A value has at most 40 letters and digits, _ and -."))
                value = ""
            options.append(Option(value, inner.words("label", needed=True)))
            inner.done()
        values = [each.value for each in options]
        if not options:
            reader.fault("options", _("Write at least one option."))
        if len(set(values)) < len(values):
            reader.fault("options", _("Two options have the same value."))
        return ChoiceOptions(
            tuple(options), reader.flag("multiple"), reader.one_of("look", LOOKS, default="auto")
        )

    def read_initial(self, reader: "Reader", options: ChoiceOptions) -> Any:
        """One of the options."""
        value = reader.one_of("initial", ["", *(each.value for each in options.options)], default="")
        return ([value] if options.multiple else value) if value else None

    def schema(self, each: "Field") -> dict[str, Any]:
        """The values."""
        values = [option.value for option in each.options.options]
        if each.options.multiple:
            return {"type": "array", "items": {"enum": values}, "uniqueItems": True, "minItems": 1}
        return {"enum": values}

    def repeats(self, each: "Field") -> bool:
        """Several boxes send one key several times."""
        return bool(each.options.multiple)

    def gather(self, each: "Field", sent: Sent) -> Any:
        """A value, or a list of them."""
        values = [value for value in sent.get((), []) if value]
        return values if each.options.multiple else (values[0] if values else "")

    def raw(self, each: "Field", value: Any) -> Any:
        """The same."""
        return list(value or []) if each.options.multiple else value or ""

    def clean(self, each: "Field", raw: Any, context: Context) -> Any:
        """Only what can be chosen."""
        del context
        known = [option.value for option in each.options.options]
        wanted = raw if each.options.multiple else [raw]
        if any(value not in known for value in wanted):
            raise Invalid(_("This cannot be chosen here."))
        return [value for value in known if value in wanted] if each.options.multiple else raw

    def missing(self, each: "Field") -> Invalid:
        """Choosing, not writing."""
        del each
        return Invalid(_("Choose here."))

    def text(self, each: "Field", value: Any, context: Context) -> str:
        """The words of what was chosen."""
        del context
        if value is None:
            return ""
        chosen = value if isinstance(value, list) else [value]
        return gettext(", ").join(each.options.label(one) for one in chosen)


@dataclass(frozen=True)
class YesNoOptions:
    """With `confirm`, a box that must be ticked where the field is required; else two buttons."""

    confirm: bool = False


class YesNo(Kind):
    """Stored as true or false."""

    code = "yes_no"
    title = _("Yes or no")
    icon = "toggle-left"
    column = True

    def read(self, reader: "Reader", columns: Columns) -> YesNoOptions:
        """`confirm`."""
        del columns
        return YesNoOptions(reader.flag("confirm"))

    def read_initial(self, reader: "Reader", options: YesNoOptions) -> bool | None:
        """Yes or no; what must be confirmed is never confirmed beforehand."""
        return None if options.confirm or reader.take("initial") is None else reader.flag("initial")

    def schema(self, each: "Field") -> dict[str, Any]:
        """True or false."""
        del each
        return {"type": "boolean"}

    def raw(self, each: "Field", value: Any) -> str:
        """`yes`, `no` or nothing."""
        del each
        return "" if value is None else "yes" if value else "no"

    def clean(self, each: "Field", raw: str, context: Context) -> bool:
        """Yes or no."""
        del each, context
        if raw not in ("yes", "no"):
            raise Invalid(_("This cannot be chosen here."))
        return raw == "yes"

    def missing(self, each: "Field") -> Invalid:
        """Ticking or choosing."""
        return Invalid(_("Tick this to go on.")) if each.options.confirm else Invalid(_("Choose here."))

    def text(self, each: "Field", value: Any, context: Context) -> str:
        """Yes or no."""
        del each, context
        return "" if value is None else pgettext("answer", "Yes") if value else pgettext("answer", "No")
