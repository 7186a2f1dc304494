"""Forms of this app."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from asp.accounts.enrolment import Enrolment, enrolment_new, enrolment_read
from asp.accounts.models import Account, AccountKind, AccountState, Role
from asp.accounts.subjects import Subject
from asp.ui.forms import Form


class SignInForm(Form):
    """Account name (or phone) and password."""

    # Not marked as required: at the gate that goes without saying.
    identifier = forms.CharField(label=_("Account or mobile number"), max_length=150, required=False)
    password = forms.CharField(
        label=_("Password"), max_length=1000, strip=False, required=False, widget=forms.PasswordInput
    )
    remember = forms.BooleanField(label=_("Remember the account on this device"), required=False)

    def __init__(self, *args: Any, phone_allowed: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not phone_allowed:
            self.fields["identifier"].label = gettext("Account")

    def clean(self) -> dict[str, Any]:
        """Both are needed."""
        cleaned = super().clean() or {}
        for name in ("identifier", "password"):
            if not self.errors.get(name) and not cleaned.get(name):
                self.add_error(name, gettext("Fill this in."))
        return cleaned


class CodeForm(Form):
    """Six digits, or a recovery code."""

    code = forms.CharField(label=_("Code"), max_length=30, required=False)

    def clean_code(self) -> str:
        """Needed, but not marked as such."""
        code: str = self.cleaned_data["code"]
        if not code:
            raise forms.ValidationError(gettext("Fill this in."))
        return code


class NewPasswordForm(Form):
    """A new password, twice, checked against the policy for `account`."""

    password = forms.CharField(
        label=_("New password"), max_length=1000, strip=False, widget=forms.PasswordInput
    )
    repeated = forms.CharField(
        label=_("New password again"), max_length=1000, strip=False, widget=forms.PasswordInput
    )

    def __init__(self, *args: Any, account: Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.account = account

    def clean_password(self) -> str:
        """Apply the policy."""
        password: str = self.cleaned_data["password"]
        validate_password(password, self.account)
        return password

    def clean(self) -> dict[str, Any]:
        """Both must be the same."""
        cleaned = super().clean() or {}
        if "password" in cleaned and cleaned["password"] != cleaned.get("repeated"):
            self.add_error("repeated", gettext("The two passwords are not the same."))
        return cleaned


class ChangePasswordForm(NewPasswordForm):
    """The same, with the present password."""

    field_order = ("current", "password", "repeated")
    current = forms.CharField(
        label=_("Present password"), max_length=1000, strip=False, widget=forms.PasswordInput
    )

    def clean_current(self) -> str:
        """It must be right."""
        current: str = self.cleaned_data["current"]
        if not self.account.check_password(current):
            raise forms.ValidationError(gettext("This is not your present password."))
        return current


class EnrolmentMixin:
    """Confirms an authenticator app: the sealed seed and the first code. Use with a Form."""

    enrolment: Enrolment

    def enrolment_start(self, account: Account) -> None:
        """Take the seed that the form brings back, else offer a fresh one."""
        form: Any = self
        sealed = form.data.get("enrolment", "") if form.is_bound else ""
        self.enrolment = (sealed and enrolment_read(sealed, account)) or enrolment_new(account)
        form.fields["enrolment"] = forms.CharField(widget=forms.HiddenInput, required=False)
        form.fields["code"] = forms.CharField(
            label=gettext("Six digits from the app"),
            max_length=10,
            widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
        )

    def clean_code(self) -> str:
        """It must be right for the seed."""
        form: Any = self
        code: str = form.cleaned_data["code"]
        if self.enrolment.step_of(code) is None:
            raise forms.ValidationError(
                gettext(
                    "The code is not right. Check that the phone's clock is right, and type the newest code."
                )
            )
        return code


class EnrolForm(EnrolmentMixin, Form):
    """Setting up an authenticator app."""

    def __init__(self, *args: Any, account: Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.enrolment_start(account)


class ActivationForm(EnrolmentMixin, NewPasswordForm):
    """A first password; for administrators also the second factor."""

    def __init__(self, *args: Any, account: Account, **kwargs: Any) -> None:
        super().__init__(*args, account=account, **kwargs)
        if account.second_factor_required:
            self.enrolment_start(account)


class ConfirmPasswordForm(Form):
    """The present password, before something that weakens the account's protection."""

    current = forms.CharField(
        label=_("Present password"), max_length=1000, strip=False, widget=forms.PasswordInput
    )

    def __init__(self, *args: Any, account: Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.account = account

    clean_current = ChangePasswordForm.clean_current


class ForgottenForm(Form):
    """Whose password was forgotten."""

    identifier = forms.CharField(label=_("Account or mobile number"), max_length=150)


THEMES = (("", _("As the device")), ("light", _("Light")), ("dark", _("Dark")))


class ProfileForm(Form):
    """What people decide about themselves."""

    name_en = forms.CharField(
        label=_("Name in English"),
        max_length=150,
        required=False,
        help_text=_("Shown to readers of English."),
    )
    email = forms.EmailField(
        label=_("Mail address"),
        max_length=254,
        required=False,
        help_text=_("For links when you forget your password."),
    )
    language = forms.ChoiceField(label=_("Language"), required=False)
    theme = forms.ChoiceField(label=_("Appearance"), choices=THEMES, required=False, widget=forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["language"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", gettext("As the browser")), *settings.LANGUAGES]


class AccountFilterForm(Form):
    """Narrowing down the accounts."""

    q = forms.CharField(required=False, max_length=100)
    kind = forms.ChoiceField(
        required=False,
        choices=[
            ("", _("Everybody")),
            (AccountKind.STAFF, AccountKind.STAFF.label),
            (AccountKind.ADMINISTRATOR, AccountKind.ADMINISTRATOR.label),
        ],
    )
    state = forms.ChoiceField(
        required=False, choices=[("", _("All states")), *AccountState.choices, ("locked", _("Locked"))]
    )


class RoleForm(Form):
    """A role with its permission codes."""

    name = forms.CharField(label=_("Name"), max_length=60)
    name_en = forms.CharField(label=_("Name in English"), max_length=100, required=False)
    description = forms.CharField(
        label=_("What it is for"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    codes = forms.MultipleChoiceField(label=_("Permissions"), required=False)

    def __init__(
        self, *args: Any, codes: Sequence[tuple[str, str]], role: Role | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["codes"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = list(codes)
        self.role = role

    def clean_name(self) -> str:
        """No two roles with one name."""
        name: str = self.cleaned_data["name"].strip()
        others = Role.objects.filter(name=name)
        if self.role is not None:
            others = others.exclude(pk=self.role.pk)
        if others.exists():
            raise forms.ValidationError(gettext("There is already a role called {name}.").format(name=name))
        return name


class SubjectsField(forms.MultipleChoiceField):
    """The subjects that a picker brings, as `kind:uuid`."""

    default_error_messages = {"empty": _("Choose at least one.")}

    def validate(self, value: Any) -> None:
        """Anything well formed; the services check that it exists."""
        if not value:
            raise forms.ValidationError(self.error_messages["empty"], code="empty")
        self.to_subjects(value)

    def to_subjects(self, value: Sequence[str]) -> list[Subject]:
        """The chosen subjects."""
        try:
            return [Subject.parse(each) for each in value]
        except ValueError as error:
            raise forms.ValidationError(gettext("Choose from the list.")) from error


class GrantForm(Form):
    """Whom a role is given to."""

    subject = SubjectsField(label=_("Give it to"))

    def subjects(self) -> list[Subject]:
        """The chosen subjects."""
        field = self.fields["subject"]
        assert isinstance(field, SubjectsField)
        return field.to_subjects(self.cleaned_data["subject"])
