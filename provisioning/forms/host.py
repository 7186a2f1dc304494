"""Forms of the host console."""

from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from asp.ui.forms import Form
from provisioning.forms.application import NameField
from provisioning.models import Application
from provisioning.services.decisions import MOST_GB
from tenants import registry
from tenants.models import Bureau
from tenants.naming import SLUG_MAX_LENGTH, validate_slug


def _functions_field() -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=_("Functions"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[(each.code, each.title) for each in registry.optional_functions()],
    )


def _quota_field() -> forms.IntegerField:
    return forms.IntegerField(label=_("Storage in GB"), min_value=1, max_value=MOST_GB)


class _WithFunctions(Form):
    """Forms with the optional functions, if this version has any."""

    def _offer_functions(self) -> None:
        field = _functions_field()
        if field.choices:
            self.fields["functions"] = field


class ApproveForm(_WithFunctions):
    """Approval as adjusted."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
    slug = forms.CharField(label=_("Address"), max_length=SLUG_MAX_LENGTH, validators=[validate_slug])
    quota_gb = _quota_field()

    def __init__(self, *args: Any, application: Application, **kwargs: Any) -> None:
        kwargs.setdefault(
            "initial",
            {
                "revision": application.revision,
                "slug": application.slug,
                "quota_gb": application.quota_gb,
                "functions": application.functions,
            },
        )
        super().__init__(*args, **kwargs)
        self._offer_functions()


class CorrectForm(Form):
    """Remarks by field, and one on the whole."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
    general = forms.CharField(
        label=_("What is to be corrected"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The applicant reads this above the form."),
    )

    def __init__(self, *args: Any, remark_fields: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.remark_fields = remark_fields
        for name, label in remark_fields.items():
            self.fields[f"on_{name}"] = forms.CharField(label=label, required=False, max_length=300)

    @property
    def single_fields(self) -> list[BoundField]:
        """The places for remarks on one field each."""
        return [self[f"on_{name}"] for name in self.remark_fields]

    def remarks(self) -> dict[str, str]:
        """The remarks that were written, by the application's field names."""
        written = {name: self.cleaned_data.get(f"on_{name}", "").strip() for name in self.remark_fields}
        return {name: text for name, text in written.items() if text}

    def clean(self) -> dict[str, Any]:
        """At least one remark, or the applicant would not know what to do."""
        data = super().clean() or {}
        if not data.get("general", "").strip() and not self.remarks():
            self.add_error("general", _("Say what is to be corrected, here or beside a field."))
        return data


class ReasonForm(Form):
    """A reason that somebody will read."""

    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)
    reason = forms.CharField(label=_("Reason"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))


class AddressForm(Form):
    """Another address."""

    slug = forms.CharField(label=_("Address"), max_length=SLUG_MAX_LENGTH, validators=[validate_slug])


class BureauNamesForm(Form):
    """A bureau's names."""

    name = NameField(label=_("Name (Chinese)"), max_length=100)
    name_en = NameField(label=_("Name in English"), max_length=200, required=False)


class BureauResourcesForm(_WithFunctions):
    """A bureau's storage and functions."""

    quota_gb = _quota_field()

    def __init__(self, *args: Any, bureau: Bureau, **kwargs: Any) -> None:
        kwargs.setdefault(
            "initial", {"quota_gb": bureau.quota_bytes // 1024**3, "functions": bureau.functions}
        )
        super().__init__(*args, **kwargs)
        self._offer_functions()
