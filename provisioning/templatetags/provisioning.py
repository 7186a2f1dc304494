"""Words for where an application stands."""

from dataclasses import dataclass
from typing import Any

from django import template
from django.utils.translation import gettext as _

from asp.ui.text import initial_of, localized
from provisioning.models import Application, ApplicationState
from provisioning.selectors import OpeningView
from provisioning.words import BUREAU_STATES, without_county
from tenants.models import Bureau, BureauState

register = template.Library()

MARKS = {
    ApplicationState.SUBMITTED: "busy",
    ApplicationState.CORRECTION: "warn",
    ApplicationState.REJECTED: "bad",
    ApplicationState.APPROVED: "busy",
    ApplicationState.OPENED: "ok",
}


@dataclass(frozen=True)
class Stage:
    """One dot of the line from application to office."""

    label: str
    state: str


@register.filter
def application_mark(application: Application) -> str:
    """The `tb-state` that goes with an application's state."""
    return MARKS.get(application.state, "off")  # type: ignore[call-overload]


@register.filter
def bureau_state(bureau: Bureau) -> str:
    """Where a bureau's office stands, in words."""
    return str(BUREAU_STATES.get(bureau.state, bureau.state))  # type: ignore[call-overload]


@register.filter
def short_name(bureau: Bureau) -> str:
    """The name for this reader, without the county that all of them begin with."""
    return without_county(localized(bureau))


@register.filter
def emblem(named: Bureau | Application) -> str:
    """The sign of a body: the first character of what tells it from others of the county."""
    return initial_of(without_county(named.name))


@register.filter
def stages(application: Application) -> list[Stage]:
    """Sent in, reviewed, opened, activated; with what is done and where it is now."""
    working = application.bureau is not None and application.bureau.state != BureauState.SETTING_UP
    at = {
        ApplicationState.SUBMITTED: 1,
        ApplicationState.CORRECTION: 1,
        ApplicationState.REJECTED: 1,
        ApplicationState.APPROVED: 2,
        ApplicationState.OPENED: 4 if working else 3,
    }.get(application.state, 0)  # type: ignore[call-overload]
    labels = [_("Sent in"), _("Review"), _("Opening"), _("Activation")]
    return [
        Stage(label, "done" if place < at else "now" if place == at else "")
        for place, label in enumerate(labels)
    ]


@register.simple_tag
def application_headline(application: Application, opening: OpeningView | None) -> str:
    """One sentence: where it stands."""
    if application.state == ApplicationState.SUBMITTED:
        return _("The application is being reviewed")
    if application.state == ApplicationState.CORRECTION:
        return _("Something is to be corrected")
    if application.state == ApplicationState.REJECTED:
        return _("The application was rejected")
    if application.state == ApplicationState.APPROVED:
        if opening is not None and not opening.is_open:
            return _("Approved; the opening did not succeed yet")
        return _("Approved; the office is being opened")
    bureau = application.bureau
    if bureau is not None and bureau.state == BureauState.SETTING_UP:
        return _("The office is open and being set up")
    if bureau is not None and bureau.state == BureauState.SUSPENDED:
        return _("The office is suspended")
    return _("The office is at work")


@register.simple_tag
def application_advice(application: Application, opening: OpeningView | None) -> str:
    """What to do now, or what comes next."""
    if application.state == ApplicationState.SUBMITTED:
        return _("There is nothing for you to do now.")
    if application.state == ApplicationState.CORRECTION:
        return _("Read the remarks, correct the application and send it in again.")
    if application.state == ApplicationState.REJECTED:
        return _("You can apply again at any time.")
    if application.state == ApplicationState.APPROVED:
        if opening is not None and not opening.is_open:
            return _("The ASP administrators know and will try again. Nothing of yours is lost.")
        return _("This takes a few seconds. Reload the page.")
    bureau = application.bureau
    if bureau is not None and bureau.state == BureauState.SETTING_UP:
        return _("Staff can sign in as soon as all three administrators have activated their accounts.")
    return ""


@register.filter
def remark_lines(application: Application) -> list[tuple[str, str]]:
    """The remarks by field, with the fields' labels."""
    from provisioning.forms.application import ApplicationForm

    fields: dict[str, Any] = application.remarks.get("fields", {})
    form = ApplicationForm()
    return [(str(form.fields[name].label), text) for name, text in fields.items() if name in form.fields]
