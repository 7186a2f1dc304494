"""Applications in the host console: list, detail, and the three decisions."""

import uuid
from collections.abc import Callable
from typing import Any

from django.core.paginator import Paginator
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from asp.accounts.access import duty
from asp.audit.actor import Actor
from asp.audit.services import record
from asp.blobs import services as blobs
from asp.ui.errors import UserFacingError
from asp.ui.flash import flash
from provisioning import credit_code, selectors, services
from provisioning.forms.application import DUTY_LABELS, ApplicationForm
from provisioning.forms.host import ApproveForm, CorrectForm, ReasonForm
from provisioning.models import Application, ApplicationState
from tenants import registry

PER_PAGE = 20


@duty("system")
@require_safe
def application_list(request: HttpRequest) -> HttpResponse:
    """Applications by state, found by name, code, address or contact."""
    state = request.GET.get("state", "")
    query = request.GET.get("q", "")[:100]
    page = Paginator(selectors.application_list(state=state, query=query), PER_PAGE).get_page(
        request.GET.get("page")
    )
    counts = selectors.application_counts()
    tabs = [(value, ApplicationState(value).label, counts[value]) for value in counts]
    context = {"page": page, "state": state, "query": query, "tabs": tabs, "total": sum(counts.values())}
    return render(request, "provisioning/host/applications.html", context)


@duty("system")
@require_safe
def detail(request: HttpRequest, application_id: uuid.UUID) -> HttpResponse:
    """Everything an application says, what the checks say of it, and the decisions that are possible."""
    return _page(request, selectors.application_get(application_id))


@duty("system")
@require_safe
@never_cache
def letter(request: HttpRequest, application_id: uuid.UUID) -> HttpResponse:
    """Send the browser to the letter by an address that is good for five minutes; that is on record.

    A link, not a form: the content security policy lets no form end on the content origin.
    """
    application = selectors.application_get(application_id)
    blob = selectors.letter_of(application)
    if blob is None:
        raise Http404
    url = blobs.download_url(request=request, blob=blob, filename=application.letter_name)
    record(
        actor=Actor.of(request),
        action="provisioning.letter_opened",
        target_kind="provisioning.application",
        target_id=application.pk,
        target_name=application.name,
        params={"name": application.name},
    )
    return redirect(url)


@duty("system")
@require_POST
def correct(request: HttpRequest, application_id: uuid.UUID) -> HttpResponse:
    """Ask for correction."""

    def act(application: Application, form: CorrectForm) -> HttpResponse:
        services.application_correct(
            actor=Actor.of(request),
            application=application,
            revision=form.cleaned_data["revision"],
            remarks=form.remarks(),
            general=form.cleaned_data["general"],
        )
        flash(request, gettext("The applicant was asked for correction."))
        return redirect("provisioning:application-detail", application.pk)

    return _decide(request, application_id, "correct_form", act)


@duty("system")
@require_POST
def reject(request: HttpRequest, application_id: uuid.UUID) -> HttpResponse:
    """Reject with a reason."""

    def act(application: Application, form: ReasonForm) -> HttpResponse:
        services.application_reject(
            actor=Actor.of(request),
            application=application,
            revision=form.cleaned_data["revision"] or 0,
            reason=form.cleaned_data["reason"],
        )
        flash(request, gettext("The application was rejected."))
        return redirect("provisioning:application-detail", application.pk)

    return _decide(request, application_id, "reject_form", act)


@duty("system")
@require_POST
def approve(request: HttpRequest, application_id: uuid.UUID) -> HttpResponse:
    """Approve as adjusted, and watch the office being opened."""

    def act(application: Application, form: ApproveForm) -> HttpResponse:
        opening = services.application_approve(
            actor=Actor.of(request),
            application=application,
            revision=form.cleaned_data["revision"],
            slug=form.cleaned_data["slug"],
            quota_gb=form.cleaned_data["quota_gb"],
            functions=form.cleaned_data.get("functions", []),
        )
        return redirect("provisioning:opening-detail", opening.pk)

    return _decide(request, application_id, "approve_form", act)


def _decide(
    request: HttpRequest,
    application_id: uuid.UUID,
    name: str,
    act: Callable[[Application, Any], HttpResponse],
) -> HttpResponse:
    application = selectors.application_get(application_id)
    form = _forms(application, **{name: request.POST})[name]
    if not form.is_valid():
        return _page(request, application, status=422, **{name: form})
    try:
        return act(application, form)
    except UserFacingError as error:
        # Also what another administrator did meanwhile: shown on the page as it is now.
        application = selectors.application_get(application_id)
        form.add_error(None, error.text)
        return _page(request, application, status=error.status, problem=error.text, **{name: form})


def _forms(application: Application, **data: Any) -> dict[str, Any]:
    revision = {"revision": application.revision}
    return {
        "approve_form": ApproveForm(data.get("approve_form"), application=application, prefix="approve"),
        "correct_form": CorrectForm(
            data.get("correct_form"), remark_fields=remark_fields(), initial=revision, prefix="correct"
        ),
        "reject_form": ReasonForm(data.get("reject_form"), initial=revision, prefix="reject"),
    }


def remark_fields() -> dict[str, str]:
    """The fields of the application that a remark can be made on, with their labels."""
    form = ApplicationForm()
    labels = {}
    for section in form.sections:
        for row in section.rows:
            labels[row.bound.name] = str(row.bound.label)
    return labels


def _page(
    request: HttpRequest, application: Application, *, status: int = 200, problem: str = "", **forms: Form
) -> HttpResponse:
    bureaus, others = selectors.duplicates_of(application)
    titles = {each.code: each.title for each in registry.optional_functions()}
    opening = application.openings.first()
    context = {
        "application": application,
        "checked": credit_code.check(application.credit_code),
        "letter": selectors.letter_of(application),
        "people": [(DUTY_LABELS[person.duty], person) for person in application.administrators.all()],
        "functions": [titles.get(code, code) for code in application.functions],
        "granted_functions": [titles.get(code, code) for code in application.granted_functions],
        "events": application.events.all(),
        "opening": selectors.opening_view(opening) if opening is not None else None,
        "same_bureaus": bureaus,
        "same_applications": others,
        "problem": problem,
        **_forms(application),
        **forms,
    }
    return render(request, "provisioning/host/application.html", context, status=status)
