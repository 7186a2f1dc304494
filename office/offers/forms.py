"""Forms of an offer."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from asp.accounts.models import Role
from asp.ui.forms import Form


class VersionForm(Form):
    """Which version the person has looked at."""

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)


class AcceptForm(VersionForm):
    """How the role is to be called here."""

    name = forms.CharField(
        label=_("Name"),
        max_length=60,
        help_text=_("The host's name, or one that suits this office."),
    )

    def clean_name(self) -> str:
        """No two roles with one name."""
        name: str = self.cleaned_data["name"].strip()
        if Role.objects.filter(name=name).exists():
            raise forms.ValidationError(gettext("There is already a role called {name}.").format(name=name))
        return name


class MergeForm(VersionForm):
    """Which parts of what is new are taken over."""

    taken = forms.MultipleChoiceField(required=False)

    def __init__(self, *args: Any, keys: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["taken"].choices = [(key, key) for key in keys]  # type: ignore[attr-defined]
