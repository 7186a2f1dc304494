"""Forms of the pages on which processes are made."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from asp.accounts.subjects import Subject
from asp.ui.forms import Form
from office.workflow.bpmn.elements import ACTIONS
from office.workflow.bpmn.expressions import ExpressionError, parse
from office.workflow.bpmn.texts import FINDINGS
from office.workflow.codes import CODE, LONGEST_CODE
from office.workflow.managing.kinds import KINDS
from office.workflow.models import ProcessKind

RULES = (
    ("one", _("One of them is enough")),
    ("all", _("All of them")),
    ("share", _("A share of them")),
)
ORDERS = (("parallel", _("At the same time")), ("sequence", _("One after the other")))
UNITS = (("workdays", _("working days")), ("days", _("days")), ("hours", _("working hours")))
TELL = (("head", _("the head of the department")), ("starter", _("the starter")))
ACTS = {
    "return": _("Return to an earlier step"),
    "hand_over": _("Hand over to somebody else"),
    "add_signers": _("Add countersigners"),
    "reject": _("Reject it: the process ends there"),
}


class TextsForm(Form):
    """What a process is called and what it is for."""

    name = forms.CharField(label=_("Name"), max_length=100)
    name_en = forms.CharField(label=_("Name in English"), max_length=200, required=False)
    category = forms.CharField(
        label=_("Category"),
        max_length=60,
        required=False,
        help_text=_("Processes of one category stand together."),
    )
    description = forms.CharField(
        label=_("What it is for"), max_length=2000, required=False, widget=forms.Textarea
    )
    description_en = forms.CharField(
        label=_("What it is for, in English"), max_length=2000, required=False, widget=forms.Textarea
    )


class CreateForm(TextsForm):
    """A new process."""

    kind = forms.ChoiceField(
        label=_("Who says what comes next"),
        choices=KINDS,
        initial=ProcessKind.FIXED,
        widget=forms.RadioSelect,
    )
    code = forms.CharField(
        label=pgettext_lazy("workflow", "Code"),
        max_length=LONGEST_CODE,
        required=False,
        help_text=_("By which other processes and functions call it. Left empty, it is made of the name."),
    )

    def clean_code(self) -> str:
        """Small letters, digits and single underscores."""
        code: str = self.cleaned_data["code"].strip()
        if code and not CODE.fullmatch(code):
            raise forms.ValidationError(
                _("A code has small letters, digits and single underscores, and begins with a letter.")
            )
        return code


class SettingsForm(TextsForm):
    """The same for a process that exists, with its place and those who may start it."""

    sort = forms.IntegerField(
        label=_("Order"), min_value=0, max_value=9999, help_text=_("Small numbers stand first.")
    )
    audience = forms.MultipleChoiceField(required=False)
    kind = forms.ChoiceField(label=_("Who says what comes next"), choices=KINDS, widget=forms.RadioSelect)

    def __init__(self, *args: Any, kind_kept: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if kind_kept:
            del self.fields["kind"]
        given = self.data.getlist("audience") if hasattr(self.data, "getlist") else []
        self.fields["audience"].choices = [(each, each) for each in given]  # type: ignore[attr-defined]

    def clean_audience(self) -> list[Subject]:
        """The subjects that were picked."""
        try:
            return [Subject.parse(each) for each in self.cleaned_data["audience"][:200]]
        except ValueError:
            raise forms.ValidationError(
                _("Choose people, departments, posts or roles from the list.")
            ) from None


class RevisionForm(Form):
    """Which draft the person has looked at."""

    revision = forms.IntegerField(min_value=0, widget=forms.HiddenInput)


class PublishForm(RevisionForm):
    """What is new in the version."""

    note = forms.CharField(
        label=_("What is new"),
        max_length=1000,
        required=False,
        widget=forms.Textarea,
        help_text=_("Shown with the version, for colleagues and for the time to come."),
    )


class UploadForm(RevisionForm):
    """A drawing of another tool."""

    file = forms.FileField(label=_("BPMN file"), help_text=_("BPMN 2.0 (.bpmn, .xml), at most 1 MB."))


# What a choice means that was not sent.
USUAL = {"rule": "one", "order": "parallel", "unit": "workdays", "after_unit": "workdays", "to": "head"}


class GroupPanel(Form):
    """A parallel group of steps."""

    name = forms.CharField(label=_("Name"), max_length=100, required=False)
    name_en = forms.CharField(label=_("Name in English"), max_length=200, required=False)


class StepPanel(GroupPanel):
    """The plain settings of a step; performers, outcomes and access are read beside it."""

    name = forms.CharField(label=_("Name"), max_length=100)
    note = forms.CharField(
        label=_("Explanation"),
        max_length=1000,
        required=False,
        widget=forms.Textarea,
        help_text=_("Shown to whoever does the step."),
    )
    rule = forms.ChoiceField(label=_("If there are several"), choices=RULES, required=False)
    share = forms.IntegerField(label=_("Share in percent"), min_value=1, max_value=100, required=False)
    order = forms.ChoiceField(label=_("Who signs when"), choices=ORDERS, required=False)
    amount = forms.IntegerField(label=_("Time for it"), min_value=1, max_value=3650, required=False)
    unit = forms.ChoiceField(label=_("Unit"), choices=UNITS, required=False)
    after = forms.IntegerField(
        label=_("If it is late, tell after"), min_value=1, max_value=3650, required=False
    )
    after_unit = forms.ChoiceField(label=_("Unit"), choices=UNITS, required=False)
    to = forms.ChoiceField(label=_("Whom"), choices=TELL, required=False)
    skip = forms.CharField(
        label=_("Left out if"),
        max_length=500,
        required=False,
        help_text=_("A condition on fields of the form, such as leave_days <= 3. Empty: never left out."),
    )
    allowed = forms.MultipleChoiceField(
        label=_("What whoever does it may also do"),
        choices=[(each, ACTS[each]) for each in ACTIONS],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def clean_skip(self) -> str:
        """A condition that is understood."""
        text: str = self.cleaned_data["skip"].strip()
        if text:
            try:
                parse(text)
            except ExpressionError as error:
                raise forms.ValidationError(str(FINDINGS[error.code]).format(**error.params)) from error
        return text

    def clean(self) -> dict[str, Any]:
        """What goes together."""
        data: dict[str, Any] = super().clean() or {}
        for name, usual in USUAL.items():
            data[name] = data.get(name) or usual
        if data.get("rule") == "share" and not data.get("share") and "share" not in self.errors:
            self.add_error("share", _("Say how many percent must agree."))
        if data.get("after") and not data.get("amount") and "amount" not in self.errors:
            self.add_error("amount", _("Say how much time there is first."))
        return data
