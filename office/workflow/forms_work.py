"""Forms of the acts of people: opinions and reasons, people, absences."""

import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from asp.ui.forms import DateField, Form
from asp.ui.moments import SHANGHAI, today

LONGEST = 4000


def _text(label: Any, *, required: bool, help_text: Any = "") -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": 3})
    return forms.CharField(
        label=label, max_length=LONGEST, required=required, help_text=help_text, widget=widget
    )


class ReasonForm(Form):
    """Why."""

    reason = _text(
        _("Reason"), required=True, help_text=_("It stands in the record, and those concerned read it.")
    )


class WordsForm(Form):
    """A few words, if wanted."""

    words = _text(_("A few words"), required=False)


class OpinionForm(Form):
    """What one thinks of it, if wanted."""

    opinion = _text(_("Opinion"), required=False)


class RejectForm(Form):
    """Why it comes to nothing."""

    opinion = _text(
        _("Why"), required=True, help_text=_("It stands in the record, and those concerned read it.")
    )


class ReturnForm(Form):
    """To which earlier step, and why."""

    node = forms.ChoiceField(label=_("Back to"), widget=forms.RadioSelect)
    opinion = _text(_("Why"), required=True)

    def __init__(self, *args: Any, places: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["node"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = places


class SignersForm(OpinionForm):
    """In which order those sign who are added."""

    order = forms.ChoiceField(
        label=_("They sign"),
        choices=[("parallel", _("all at once")), ("sequence", _("one after the other"))],
        widget=forms.RadioSelect,
        initial="parallel",
    )


class MoveForm(ReasonForm):
    """To which version, and why."""

    version = forms.ChoiceField(label=_("Version"))

    def __init__(self, *args: Any, versions: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["version"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = versions


class AbsenceForm(Form):
    """When one is away, and for what somebody stands in."""

    begins = DateField(label=_("First day"))
    ends = DateField(label=_("Last day"))
    processes = forms.MultipleChoiceField(
        label=_("Only for these processes"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Choose none for everything that comes to you."),
    )
    moves = forms.BooleanField(label=_("What waits for me already goes to them as well"), required=False)
    note = forms.CharField(label=pgettext_lazy("absence", "Note"), max_length=300, required=False)

    def __init__(self, *args: Any, processes: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["processes"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = processes
        if not processes:
            del self.fields["processes"]

    def clean(self) -> dict[str, Any]:
        """The last day may not lie before the first, nor before today."""
        cleaned: dict[str, Any] = super().clean() or {}
        begins, ends = cleaned.get("begins"), cleaned.get("ends")
        if begins and ends and ends < begins:
            self.add_error("ends", ValidationError(_("The last day lies before the first."), code="order"))
        elif ends and ends < today():
            self.add_error("ends", ValidationError(_("This day is over."), code="past"))
        return cleaned

    @property
    def span(self) -> tuple[datetime.datetime, datetime.datetime]:
        """From the first instant of the first day to the last of the last."""
        begins = datetime.datetime.combine(self.cleaned_data["begins"], datetime.time(), SHANGHAI)
        after = self.cleaned_data["ends"] + datetime.timedelta(days=1)
        return begins, datetime.datetime.combine(after, datetime.time(), SHANGHAI)
