"""The filter above the log."""

import ipaddress
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from asp.audit import actions
from asp.audit.filtering import EVERY, Wanted, action_text
from asp.ui.forms import DateField


class FilterForm(forms.Form):
    """Period, person, action, object, address, result, words; everything may be left open. Lives in the address."""

    since = DateField(label=_("From date"), required=False)
    until = DateField(label=_("To date"), required=False)
    person = forms.CharField(label=_("Person"), required=False, max_length=100)
    action = forms.ChoiceField(label=_("Action"), required=False)
    target = forms.CharField(label=_("Object"), required=False, max_length=100)
    source = forms.CharField(label=_("From address"), required=False, max_length=50)
    result = forms.ChoiceField(label=_("Result"), required=False)
    text = forms.CharField(label=_("Text"), required=False, max_length=100)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: list[Any] = [("", _("All actions"))]
        for prefix, title, pairs in actions.groups():
            every = f"{prefix}{EVERY}"
            choices.append((title, [(every, action_text(every)), *pairs]))
        self.fields["action"].choices = choices  # type: ignore[attr-defined]
        self.fields["result"].choices = [("", _("Any result")), *actions.OUTCOMES.items()]  # type: ignore[attr-defined]
        self.fields["source"].widget.attrs["placeholder"] = "10.3.0.0/16"

    def clean_source(self) -> str:
        """An address, or a network as administrators write it."""
        said = str(self.cleaned_data["source"]).strip()
        if not said:
            return ""
        try:
            network = ipaddress.ip_network(said, strict=False)
        except ValueError:
            raise forms.ValidationError(
                _("Write an address such as 10.3.1.20, or a network such as 10.3.0.0/16.")
            ) from None
        return str(network.network_address if network.num_addresses == 1 else network)

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
        return Wanted(**{name: value for name in self.fields if (value := cleaned.get(name))})
