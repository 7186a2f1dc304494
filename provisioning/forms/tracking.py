"""Tracking code and phone."""

from django import forms
from django.utils.translation import gettext_lazy as _

from asp.ui.forms import Form


class TrackForm(Form):
    """Neither field says which of the two was wrong."""

    code = forms.CharField(
        label=_("Tracking code"),
        max_length=64,
        help_text=_("Twelve letters and digits, on your receipt."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    phone = forms.CharField(
        label=_("Mobile number"),
        max_length=40,
        help_text=_("The contact's, or an administrator's own."),
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
    )
