"""The form of an announcement to the bureaus."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from asp.ui.forms import DateField, Form
from asp.ui.moments import today
from asp.ui.text import localized
from provisioning.models.announcement import TEXT_MAX, TITLE_MAX
from provisioning.services.announcements import Text
from tenants.models import Bureau, BureauState


class AnnouncementForm(Form):
    """What is told, and to whom."""

    title = forms.CharField(label=_("Title"), max_length=TITLE_MAX)
    text = forms.CharField(
        label=_("Body text"), max_length=TEXT_MAX, widget=forms.Textarea(attrs={"rows": 6})
    )
    title_en = forms.CharField(
        label=_("Title in English"),
        max_length=TITLE_MAX * 2,
        required=False,
        help_text=_("Readers in English see the Chinese text where this is empty."),
    )
    text_en = forms.CharField(
        label=_("Text in English"),
        max_length=TEXT_MAX * 2,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    important = forms.BooleanField(label=_("Important: stands at the top of every workbench"), required=False)
    valid_until = DateField(
        label=_("Shown until"), required=False, help_text=_("Empty: until it is withdrawn.")
    )
    audience = forms.ChoiceField(
        label=_("To whom"),
        choices=[("all", _("All bureaus")), ("some", _("Chosen bureaus"))],
        widget=forms.RadioSelect,
        initial="all",
    )
    bureaus = forms.MultipleChoiceField(
        label=_("Bureaus"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Bureau.objects.exclude(state__in=(BureauState.CLOSED, BureauState.OPENING)).order_by("name")
        self.fields["bureaus"].choices = [  # type: ignore[attr-defined]
            (str(each.pk), localized(each)) for each in rows
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        until = cleaned.get("valid_until")
        if until and until < today():
            self.add_error("valid_until", _("This day is over."))
        if cleaned.get("audience") == "some" and not cleaned.get("bureaus"):
            self.add_error("bureaus", _("Choose at least one bureau."))
        return cleaned

    def told(self) -> Text:
        """What the service needs; of a valid form."""
        data = self.cleaned_data
        return Text(
            title=data["title"],
            text=data["text"],
            title_en=data["title_en"],
            text_en=data["text_en"],
            important=data["important"],
            valid_until=data["valid_until"],
        )
