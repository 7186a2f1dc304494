"""Bureaus in the host console: the list, its export, one bureau, and what the host can do with it.

Nothing here looks into a bureau: no people, no files, no links.
"""

import uuid
from collections.abc import Callable
from typing import Any

from django.core.paginator import Paginator
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from asp.accounts.access import duty
from asp.audit.actor import Actor
from asp.audit.services import record
from asp.ui.errors import UserFacingError
from asp.ui.flash import flash
from provisioning import selectors, services
from provisioning.export import bureaus_workbook
from provisioning.figures import health_of
from provisioning.forms.host import AddressForm, BureauNamesForm, BureauResourcesForm, ReasonForm
from provisioning.models import Application, Level
from provisioning.views.hall_home import office_url
from provisioning.words import BUREAU_STATES
from tenants import registry, version
from tenants.models import Bureau, BureauState

PER_PAGE = 20
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _filters(request: HttpRequest) -> dict[str, str]:
    return {name: request.GET.get(name, "")[:100] for name in ("state", "level", "function", "sort")} | {
        "query": request.GET.get("q", "")[:100]
    }


@duty("system")
@require_safe
def bureau_list(request: HttpRequest) -> HttpResponse:
    """All bureaus; filters, order and page are in the address."""
    services.bureaus_refresh()
    filters = _filters(request)
    page = Paginator(selectors.bureau_list(**filters), PER_PAGE).get_page(request.GET.get("page"))
    titles = {each.code: each.title for each in registry.optional_functions()}
    for bureau in page.object_list:
        _dress(bureau, titles)
    context = {
        "page": page,
        "filters": filters,
        "figures": selectors.host_figures(),
        "states": [
            (code.value, label) for code, label in BUREAU_STATES.items() if code != BureauState.OPENING
        ],
        "levels": Level.choices,
        "functions": list(titles.items()),
        "openings": selectors.openings_under_way(),
        "code_version": version.code_version(),
    }
    return render(request, "provisioning/host/bureaus.html", context)


@duty("system")
@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """The filtered list as an Excel workbook (导出 Excel)."""
    bureaus = list(selectors.bureau_list(**_filters(request))[:10_000])
    record(actor=Actor.of(request), action="provisioning.bureaus_exported", params={"count": len(bureaus)})
    response = HttpResponse(bureaus_workbook(bureaus), content_type=XLSX)
    response["Content-Disposition"] = 'attachment; filename="bureaus.xlsx"'
    return response


@duty("system")
@require_safe
def detail(request: HttpRequest, bureau_id: uuid.UUID) -> HttpResponse:
    """Facts of one bureau and what can be changed."""
    services.bureau_refresh(bureau_id=bureau_id)
    return _page(request, selectors.bureau_get(bureau_id))


@duty("system")
@require_POST
def names(request: HttpRequest, bureau_id: uuid.UUID) -> HttpResponse:
    """Rename."""

    def act(bureau: Bureau, form: BureauNamesForm) -> str:
        data = form.cleaned_data
        services.bureau_rename(
            actor=Actor.of(request), bureau=bureau, name=data["name"], name_en=data["name_en"]
        )
        return gettext("The names were changed.")

    return _change(request, bureau_id, "names_form", act)


@duty("system")
@require_POST
def resources(request: HttpRequest, bureau_id: uuid.UUID) -> HttpResponse:
    """Storage and functions."""

    def act(bureau: Bureau, form: BureauResourcesForm) -> str:
        actor = Actor.of(request)
        services.bureau_quota_set(actor=actor, bureau=bureau, quota_gb=form.cleaned_data["quota_gb"])
        if "functions" in form.fields:
            services.bureau_functions_set(
                actor=actor, bureau=bureau, functions=form.cleaned_data["functions"]
            )
        return gettext("Storage and functions were changed.")

    return _change(request, bureau_id, "resources_form", act)


@duty("system")
@require_POST
def address(request: HttpRequest, bureau_id: uuid.UUID) -> HttpResponse:
    """Another address."""

    def act(bureau: Bureau, form: AddressForm) -> str:
        services.bureau_slug_set(actor=Actor.of(request), bureau=bureau, slug=form.cleaned_data["slug"])
        return gettext("The address was changed. Tell the bureau: the old one ended at once.")

    return _change(request, bureau_id, "address_form", act)


@duty("system")
@require_POST
def suspend(request: HttpRequest, bureau_id: uuid.UUID) -> HttpResponse:
    """Close the office for a while."""

    def act(bureau: Bureau, form: ReasonForm) -> str:
        services.bureau_suspend(actor=Actor.of(request), bureau=bureau, reason=form.cleaned_data["reason"])
        return gettext("The office is suspended.")

    return _change(request, bureau_id, "suspend_form", act)


@duty("system")
@require_POST
def resume(request: HttpRequest, bureau_id: uuid.UUID) -> HttpResponse:
    """Open a suspended office again."""
    bureau = selectors.bureau_get(bureau_id)
    services.bureau_resume(actor=Actor.of(request), bureau=bureau)
    flash(request, gettext("The office is open again."))
    return redirect("provisioning:bureau-detail", bureau.pk)


def _change(
    request: HttpRequest, bureau_id: uuid.UUID, name: str, act: Callable[[Bureau, Any], str]
) -> HttpResponse:
    bureau = selectors.bureau_get(bureau_id)
    form = _forms(bureau, **{name: request.POST})[name]
    if not form.is_valid():
        return _page(request, bureau, status=422, **{name: form})
    try:
        flash(request, act(bureau, form))
    except UserFacingError as error:
        form.add_error(None, error.text)
        return _page(request, selectors.bureau_get(bureau_id), status=error.status, **{name: form})
    return redirect("provisioning:bureau-detail", bureau.pk)


def _forms(bureau: Bureau, **data: Any) -> dict[str, Any]:
    return {
        "names_form": BureauNamesForm(
            data.get("names_form"), initial={"name": bureau.name, "name_en": bureau.name_en}, prefix="names"
        ),
        "resources_form": BureauResourcesForm(data.get("resources_form"), bureau=bureau, prefix="resources"),
        "address_form": AddressForm(
            data.get("address_form"), initial={"slug": bureau.slug}, prefix="address"
        ),
        "suspend_form": ReasonForm(data.get("suspend_form"), prefix="suspend"),
    }


def _page(request: HttpRequest, bureau: Bureau, *, status: int = 200, **forms: Form) -> HttpResponse:
    titles = {each.code: each.title for each in registry.optional_functions()}
    _dress(bureau, titles)
    application = Application.objects.filter(bureau=bureau).first()
    opening = application.openings.first() if application is not None else None
    context = {
        "bureau": bureau,
        "application": application,
        "opening": opening,
        "people": list(application.administrators.all()) if application is not None else [],
        "code_version": version.code_version(),
        "has_functions": bool(titles),
        **_forms(bureau),
        **forms,
    }
    return render(request, "provisioning/host/bureau.html", context, status=status)


def _dress(bureau: Bureau, titles: dict[str, Any]) -> None:
    """Add what the templates show and the row does not have."""
    shown: Any = bureau
    shown.office_url = office_url(bureau)
    shown.function_titles = [titles.get(code, code) for code in bureau.functions]
    shown.level_label = dict(Level.choices).get(bureau.level, "")
    shown.health = health_of(bureau)
    shown.mark = {
        BureauState.ACTIVE: "ok",
        BureauState.SETTING_UP: "busy",
        BureauState.OPENING: "busy",
        BureauState.MAINTENANCE: "warn",
    }.get(bureau.state, "off")  # type: ignore[call-overload]
