"""Forms of the register of document numbers."""

import datetime
import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from asp.ui.forms import DateField, Form
from asp.ui.moments import today
from office.documents.kinds import Kind
from office.documents.models import AgencyCode, Number, NumberState
from office.documents.numbering import Style
from office.documents.selectors import Wanted, codes_open, years
from office.documents.services import Entry
from office.documents.services.numbers import MOST_AT_ONCE

EVERY_YEAR = "all"


class EntryForm(Form):
    """What the register says of a numbered document."""

    kind = forms.ChoiceField(label=_("Type"), choices=Kind.choices, initial=Kind.NOTICE)
    title = forms.CharField(label=_("Title"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
    addressee = forms.CharField(label=_("Addressee"), max_length=300, required=False)
    signer = forms.CharField(label=_("Signed by"), max_length=60, required=False)
    signed_on = DateField(
        label=_("Signed on"), help_text=_("The date of the document: its year is the year of the number.")
    )
    department = forms.CharField(label=_("Drafting department"), max_length=200, required=False)

    def entry(self) -> Entry:
        """What was filled in."""
        names = ("kind", "title", "addressee", "signer", "signed_on", "department")
        return Entry(**{name: self.cleaned_data[name] for name in names})

    @staticmethod
    def initial_of(number: Number) -> dict[str, Any]:
        """What stands there now."""
        return {name: getattr(number, name) for name in EntryForm.base_fields if hasattr(number, name)}


class TakeForm(EntryForm):
    """The next number for a document."""

    field_order = ("code", "kind", "title")
    code = forms.ModelChoiceField(
        label=_("Agency code"), queryset=AgencyCode.objects.none(), empty_label=None
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].queryset = codes_open()  # type: ignore[attr-defined]
        self.fields["signed_on"].initial = today


class CorrectForm(EntryForm):
    """A correction, with its reason."""

    reason = forms.CharField(label=_("Reason"), max_length=500)


class ReserveForm(Form):
    """Numbers to be set aside."""

    code = forms.ModelChoiceField(
        label=_("Agency code"), queryset=AgencyCode.objects.none(), empty_label=None
    )
    title = forms.CharField(label=_("For what"), max_length=300)
    count = forms.IntegerField(label=_("How many"), min_value=1, max_value=MOST_AT_ONCE, initial=1)
    until = DateField(
        label=_("Reserved until"),
        help_text=_("After this day, what is not used becomes void and stays in the register."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].queryset = codes_open()  # type: ignore[attr-defined]

    @staticmethod
    def until_default() -> datetime.date:
        """Two weeks, but not beyond this year."""
        now = today()
        return min(now + datetime.timedelta(days=14), now.replace(month=12, day=31))


class ReasonForm(Form):
    """Why something is done to a number or a register."""

    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


class CodeForm(Form):
    """An agency code."""

    code = forms.CharField(
        label=_("Agency code"), max_length=20, help_text=_("Such as 武政发, as it stands on paper.")
    )
    style = forms.ChoiceField(
        label=_("How its numbers are written"), choices=Style.choices, initial=Style.YEARLY
    )
    use = forms.CharField(label=_("What for"), max_length=100, required=False)
    sort = forms.IntegerField(label=_("Order"), min_value=0, max_value=9999, initial=100)
    first = forms.IntegerField(
        label=_("First number here this year"),
        min_value=1,
        max_value=999_999,
        initial=1,
        help_text=_("If documents were numbered on paper this year, the number after the last of them."),
    )


class CodeChangeForm(CodeForm):
    """A code that is there: it stands on paper, so it stays."""

    code = None  # type: ignore[assignment]
    first = None  # type: ignore[assignment]


class FilterForm(forms.Form):
    """Which part of the register is shown; lives in the address. Without a year: this year."""

    q = forms.CharField(label=_("Number, title, addressee or signer"), required=False, max_length=100)
    code = forms.ChoiceField(label=_("Agency code"), required=False)
    year = forms.ChoiceField(label=_("Year"), required=False)
    state = forms.ChoiceField(label=_("State"), required=False)
    kind = forms.ChoiceField(label=_("Type"), required=False)
    since = DateField(label=_("Signed from"), required=False)
    until = DateField(label=_("Signed until"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = sorted({today().year, *years()} - {0}, reverse=True)
        codes = AgencyCode.objects.values_list("pk", "code")
        self.fields["code"].choices = [("", _("All codes")), *((str(key), code) for key, code in codes)]  # type: ignore[attr-defined]
        self.fields["year"].choices = [  # type: ignore[attr-defined]
            *((str(each), str(each)) for each in known),
            ("0", _("Numbered on through the years")),
            (EVERY_YEAR, _("All years")),
        ]
        self.fields["state"].choices = [("", _("All states")), *NumberState.choices]  # type: ignore[attr-defined]
        self.fields["kind"].choices = [("", _("All types")), *Kind.choices]  # type: ignore[attr-defined]
        self.initial.setdefault("year", str(today().year))

    def wanted(self) -> Wanted:
        """What was asked for; fields with errors count as left open."""
        self.is_valid()
        given = getattr(self, "cleaned_data", {})
        year = given.get("year") or ("" if "year" in self.errors else str(today().year))
        return Wanted(
            code=uuid.UUID(given["code"]) if given.get("code") else None,
            year=None if year in ("", EVERY_YEAR) else int(year),
            state=given.get("state") or "",
            kind=given.get("kind") or "",
            text=given.get("q") or "",
            since=given.get("since"),
            until=given.get("until"),
        )

    @property
    def is_set(self) -> bool:
        """Whether anything was asked for."""
        return any(self.data.get(name) for name in self.fields)
