"""Forms of role templates: the draft, and to whom it is published."""

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from asp.accounts.matrix import office_permission_groups
from asp.ui.forms import Form
from asp.ui.text import localized
from provisioning.models import RoleTemplate
from provisioning.models.role_template import DESCRIPTION_MAX, NAME_EN_MAX, NAME_MAX, NOTE_MAX
from provisioning.services.role_templates import Draft
from tenants.models import Bureau, BureauState


class TemplateForm(Form):
    """A role as the host proposes it."""

    name = forms.CharField(label=_("Name"), max_length=NAME_MAX)
    name_en = forms.CharField(label=_("Name in English"), max_length=NAME_EN_MAX, required=False)
    description = forms.CharField(
        label=_("What it is for"),
        max_length=DESCRIPTION_MAX,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    codes = forms.MultipleChoiceField(label=_("Permissions"))

    def __init__(self, *args: Any, template: RoleTemplate | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.template = template
        known = [each for group in office_permission_groups() for each in group.codes]
        old = set(template.codes if template else ()) - {code for code, _label in known}
        self.fields["codes"].choices = [*known, *((code, code) for code in sorted(old))]  # type: ignore[attr-defined]

    def clean_name(self) -> str:
        """No two templates with one name."""
        name: str = self.cleaned_data["name"].strip()
        others = RoleTemplate.objects.filter(name=name)
        if self.template is not None:
            others = others.exclude(pk=self.template.pk)
        if others.exists():
            raise forms.ValidationError(
                gettext("There is already a template called {name}.").format(name=name)
            )
        return name

    def draft(self) -> Draft:
        """What the service needs; of a valid form."""
        data = self.cleaned_data
        return Draft(
            name=data["name"],
            name_en=data["name_en"],
            description=data["description"],
            codes=tuple(data["codes"]),
        )


class PublishForm(Form):
    """To whom, and what is new."""

    audience = forms.ChoiceField(
        label=_("To whom"),
        choices=[
            ("all", _("All bureaus, also those opened later")),
            ("some", _("Chosen bureaus, and those that have it already")),
        ],
        widget=forms.RadioSelect,
        initial="all",
    )
    bureaus = forms.MultipleChoiceField(
        label=_("Bureaus"), required=False, widget=forms.CheckboxSelectMultiple
    )
    note = forms.CharField(
        label=_("What is new"),
        max_length=NOTE_MAX,
        required=False,
        help_text=_("The bureaus' security administrators read this."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Bureau.objects.exclude(state__in=(BureauState.CLOSED, BureauState.OPENING)).order_by("name")
        self.fields["bureaus"].choices = [(str(each.pk), localized(each)) for each in rows]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("audience") == "some" and not cleaned.get("bureaus"):
            self.add_error("bureaus", _("Choose at least one bureau."))
        return cleaned

    def receivers(self) -> list[uuid.UUID] | None:
        """The chosen bureaus; None for all. Of a valid form."""
        if self.cleaned_data["audience"] == "all":
            return None
        return [uuid.UUID(each) for each in self.cleaned_data["bureaus"]]
