"""The filter above the log."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from asp.audit import actions
from asp.audit.selectors import Wanted
from asp.ui.forms import DateField


class FilterForm(forms.Form):
    """Period, person, action, text; everything may be left open. Lives in the address."""

    since = DateField(label=_("From date"), required=False)
    until = DateField(label=_("To date"), required=False)
    person = forms.CharField(label=_("Person"), required=False, max_length=100)
    action = forms.ChoiceField(label=_("Action"), required=False)
    text = forms.CharField(label=_("Text"), required=False, max_length=100)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = sorted(((code, actions.label(code)) for code in actions.codes()), key=lambda pair: pair[1])
        self.fields["action"].choices = [("", _("All actions")), *choices]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and since > until:
            self.add_error("until", _("The period ends before it begins."))
        return cleaned

    def wanted(self) -> Wanted:
        """Return what was asked for; fields with errors count as left open."""
        self.is_valid()
        cleaned = self.cleaned_data if hasattr(self, "cleaned_data") else {}
        return Wanted(
            since=cleaned.get("since"),
            until=cleaned.get("until"),
            person=cleaned.get("person", ""),
            action=cleaned.get("action", ""),
            text=cleaned.get("text", ""),
        )
