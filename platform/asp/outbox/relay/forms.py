"""Forms of the messages page."""

from django import forms
from django.utils.translation import gettext_lazy as _

from asp.ui.forms import Form


class DiscardForm(Form):
    """Why a message is given up for good."""

    reason = forms.CharField(
        label=_("Reason"), min_length=4, max_length=200, help_text=_("It stands in the audit log.")
    )
