"""Forms of the file centre."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from asp.accounts.subjects import Subject
from asp.ui.errors import UserFacingError
from asp.ui.forms import Form
from office.library.models import Level
from office.library.services.folders import name_check


class NameForm(Form):
    """The name of a folder or file."""

    # Longer than what can be kept: the message says what is wrong better than a cut.
    name = forms.CharField(label=_("Name"), max_length=2000, strip=False)
    was = forms.CharField(required=False, widget=forms.HiddenInput, strip=False)

    def clean_name(self) -> str:
        """The name as it is kept, or why it cannot be."""
        try:
            return name_check(self.cleaned_data["name"])
        except UserFacingError as error:
            raise ValidationError(error.text, code=error.code) from error


class GrantForm(Form):
    """Who gets which access."""

    subject = forms.CharField(max_length=64)
    level = forms.TypedChoiceField(choices=Level.choices, coerce=lambda value: Level(int(value)))

    def clean_subject(self) -> Subject:
        """The subject that the picker names."""
        try:
            return Subject.parse(self.cleaned_data["subject"])
        except ValueError:
            raise ValidationError(
                _("Choose a person, department or post from the list."), code="subject"
            ) from None


class LevelForm(Form):
    """What a subject that has access may do."""

    level = forms.TypedChoiceField(choices=Level.choices, coerce=lambda value: Level(int(value)))
