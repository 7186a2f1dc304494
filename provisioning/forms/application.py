"""The form of the application for an office (入驻申请表), in sections of one column."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from asp.accounts.identifiers import login_is_valid, login_normalise, phone_normalise
from asp.accounts.models import Duty
from asp.messages.channels import relay_configured, valid_address
from asp.ui.forms import Form, friendly
from provisioning import credit_code, names, selectors
from provisioning.models import Level
from provisioning.services import Person, Submission
from tenants import registry
from tenants.naming import SLUG_MAX_LENGTH, validate_slug

DUTY_LABELS: Mapping[str, str | Promise] = {
    Duty.SYSTEM: _("System administrator"),
    Duty.SECURITY: _("Security administrator"),
    Duty.AUDIT: _("Audit administrator"),
}
DUTY_HELP: Mapping[str, str | Promise] = {
    Duty.SYSTEM: _("Sets up departments, posts and staff."),
    Duty.SECURITY: _("Gives roles and decides who may sign in how."),
    Duty.AUDIT: _("Reads the log of what the other two, and everybody else, did."),
}
PERSON_LABELS: Mapping[str, str | Promise] = {
    "name": _("Full name"),
    "login": _("Account name"),
    "phone": _("Mobile number"),
    "email": _("Mail address"),
}
PERSONS = tuple(f"{duty}_" for duty in Duty.values)
# Short fields that stand in pairs.
HALF_WIDTH = ("level", "parent_body", "contact_", *PERSONS)
STORAGE_CHOICES = (10, 20, 50, 100, 200, 500)


class NameField(forms.CharField):
    """A name of a person or body; see `provisioning.names`."""

    def to_python(self, value: Any) -> str:
        # Before Django strips and refuses NUL bytes, so that the reason is in our words.
        if value in self.empty_values:
            return ""
        return names.clean_name(str(value))


class PhoneField(forms.CharField):
    """A mainland mobile number in any usual spelling."""

    def to_python(self, value: Any) -> str:
        try:
            return phone_normalise(super().to_python(value) or "")
        except ValueError:
            raise ValidationError(_("Give a mobile number of 11 digits."), code="phone") from None


class EmailField(forms.EmailField):
    """An address that mail can really be sent to."""

    def clean(self, value: Any) -> str:
        value = super().clean(value)
        if value and not valid_address(value):
            raise ValidationError(_("This is not a mail address."), code="invalid")
        return value


class CreditCodeField(forms.CharField):
    """A unified social credit code (统一社会信用代码); blanks and small letters are forgiven."""

    def to_python(self, value: Any) -> str:
        code = credit_code.normalise((super().to_python(value) or "")[:64])
        if not code:
            return ""
        checked = credit_code.check(code)
        if checked.problem == "format":
            raise ValidationError(
                _("A credit code has 18 digits and capital letters without I, O, Z, S and V."), code="format"
            )
        if checked.problem == "check":
            raise ValidationError(
                _("The check character does not fit: one of the characters is mistyped."), code="check"
            )
        return code


@dataclass(frozen=True)
class Row:
    """One field of a section with the administrator's remark on it, if there is one.

    `label` is set where the section's title says a part of the field's own.
    """

    bound: BoundField
    label: str | Promise = ""
    remark: str = ""
    half: bool = False


@dataclass(frozen=True)
class Section:
    """A card of the form."""

    code: str
    title: str | Promise
    help: str | Promise
    rows: list[Row]


class ApplicationForm(Form):
    """Everything that an application says. `sections` gives the fields in their order on the page."""

    name = NameField(
        label=_("Name of the body (Chinese)"),
        max_length=100,
        help_text=_("As on its seal, for example 云溪县水利局."),
    )
    name_en = NameField(label=_("Name in English"), max_length=200, required=False)
    credit_code = CreditCodeField(
        label=_("Unified social credit code"),
        max_length=40,
        help_text=_("18 characters, on the certificate of the body."),
    )
    level = forms.ChoiceField(label=_("Kind of body"), choices=[("", _("Please choose")), *Level.choices])
    parent_body = NameField(
        label=_("Parent body"), max_length=200, help_text=_("For example 云溪县人民政府.")
    )
    slug = forms.CharField(
        label=_("Wished address"),
        max_length=SLUG_MAX_LENGTH,
        help_text=_("Small letters, digits and single hyphens, for example slj."),
    )
    contact_name = NameField(label=_("Contact person"), max_length=100)
    contact_phone = PhoneField(
        label=_("Contact's mobile number"),
        max_length=40,
        help_text=_("With this number and the tracking code you can see the state at any time."),
    )
    contact_email = EmailField(label=_("Contact's mail address"), max_length=254, required=False)
    quota_gb = forms.TypedChoiceField(
        label=_("Storage"),
        coerce=int,
        choices=[(size, f"{size} GB") for size in STORAGE_CHOICES],
        initial=50,
        help_text=_("It can be changed later."),
    )
    functions = forms.MultipleChoiceField(
        label=_("Functions"), required=False, widget=forms.CheckboxSelectMultiple
    )
    note = forms.CharField(
        label=_("Anything else"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    consent = forms.BooleanField(
        label=_(
            "What is stated is true, the letter is authentic, and we process no state secrets in this system."
        ),
        error_messages={"required": _("Please confirm this statement.")},
    )

    def __init__(self, *args: Any, remarks: Mapping[str, str] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.remarks = dict(remarks or {})
        offered = registry.optional_functions()
        self.fields["functions"].choices = [(each.code, each.title) for each in offered]  # type: ignore[attr-defined]
        if not offered:
            del self.fields["functions"]
        for duty in Duty.values:
            self._add_person(duty)
        self.order_fields([*(row.bound.name for section in self.sections for row in section.rows), "consent"])
        friendly(self.fields.values())

    def _add_person(self, duty: str) -> None:
        """Four fields for one of the three; their labels name the duty, for the list of errors."""

        def label(part: str) -> Any:
            return format_lazy(_("{duty}: {part}"), duty=DUTY_LABELS[duty], part=PERSON_LABELS[part])

        self.fields[f"{duty}_name"] = NameField(label=label("name"), max_length=50)
        self.fields[f"{duty}_login"] = forms.CharField(
            label=label("login"), max_length=32, help_text=_("Small letters and digits; used to sign in.")
        )
        self.fields[f"{duty}_phone"] = PhoneField(label=label("phone"), max_length=40)
        self.fields[f"{duty}_email"] = EmailField(
            label=label("email"), max_length=254, required=relay_configured()
        )

    # ----- what the page shows

    @property
    def sections(self) -> list[Section]:
        """The fields as cards."""
        body = Section(
            "body",
            _("The body that applies"),
            "",
            self._rows("name", "name_en", "credit_code", "slug", "level", "parent_body"),
        )
        contact = Section(
            "contact", _("Contact"), "", self._rows("contact_name", "contact_phone", "contact_email")
        )
        people = [
            Section(
                duty,
                DUTY_LABELS[duty],
                DUTY_HELP[duty],
                self._rows(f"{duty}_name", f"{duty}_login", f"{duty}_phone", f"{duty}_email"),
            )
            for duty in Duty.values
        ]
        wanted = Section(
            "wanted", _("Storage and functions"), "", self._rows("quota_gb", "functions", "note")
        )
        return [body, contact, *people, wanted]

    def _rows(self, *field_names: str) -> list[Row]:
        return [
            Row(
                self[name],
                label=PERSON_LABELS.get(name.partition("_")[2], "") if name.startswith(PERSONS) else "",
                remark=self.remarks.get(name, ""),
                half=name.startswith(HALF_WIDTH),
            )
            for name in field_names
            if name in self.fields
        ]

    # ----- checks

    def clean_slug(self) -> str:
        """Form, reserved names, and what others have."""
        slug = self.cleaned_data["slug"].strip().lower()
        validate_slug(slug)
        if selectors.slug_is_taken(slug):
            raise ValidationError(_("Another body has this address. Choose a different one."), code="taken")
        return slug

    def clean_credit_code(self) -> str:
        """One body, one office."""
        code = self.cleaned_data["credit_code"]
        if selectors.bureau_with_code(code) is not None:
            raise ValidationError(_("The body with this credit code has an office already."), code="taken")
        return code

    def clean(self) -> dict[str, Any]:
        """The three administrators are three different people (三员分立)."""
        data = super().clean() or {}
        for duty in Duty.values:
            login = data.get(f"{duty}_login")
            if login is not None:
                data[f"{duty}_login"] = login = login_normalise(login)
                if not login_is_valid(login):
                    self.add_error(
                        f"{duty}_login",
                        _(
                            "Begin with a letter; 2 to 32 small letters, digits, dots, hyphens and underscores."
                        ),
                    )
        self._different("name", _("The three administrators must be three different people."))
        self._different("login", _("Each administrator needs an account name of their own."))
        self._different("phone", _("Each administrator needs a mobile number of their own."))
        return data

    def _different(self, part: str, message: str | Promise) -> None:
        seen: set[str] = set()
        for duty in Duty.values:
            value = self.cleaned_data.get(f"{duty}_{part}")
            if value and value in seen:
                self.add_error(f"{duty}_{part}", ValidationError(str(message), code="same"))
            elif value:
                seen.add(value)

    # ----- what the service takes

    def submission(self) -> Submission:
        """The checked values."""
        data = self.cleaned_data
        return Submission(
            name=data["name"],
            name_en=data["name_en"],
            credit_code=data["credit_code"],
            level=data["level"],
            parent_body=data["parent_body"],
            slug=data["slug"],
            contact_name=data["contact_name"],
            contact_phone=data["contact_phone"],
            contact_email=data["contact_email"],
            quota_gb=data["quota_gb"],
            functions=tuple(data.get("functions", ())),
            note=names.clean_text(data["note"]),
            administrators=tuple(
                Person(
                    duty=duty,
                    name=data[f"{duty}_name"],
                    login=data[f"{duty}_login"],
                    phone=data[f"{duty}_phone"],
                    email=data[f"{duty}_email"],
                )
                for duty in Duty.values
            ),
        )


def typed_values(form: Form, data: Any) -> dict[str, Any]:
    """What was typed into `form`, as JSON, right or wrong; only fields that the form has."""
    values: dict[str, Any] = {}
    for name, field in form.fields.items():
        key = form.add_prefix(name)
        if isinstance(field.widget, forms.CheckboxSelectMultiple):
            values[name] = data.getlist(key)
        elif key in data:
            values[name] = data.get(key)
    return values


def typed_data(values: Mapping[str, Any]) -> QueryDict:
    """The opposite of `typed_values`: what the browser had sent."""
    data = QueryDict(mutable=True)
    for name, value in values.items():
        data.setlist(name, value if isinstance(value, list) else [value])
    return data
