"""Openings in the host console: started, watched, stopped, tried again."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from asp.accounts.access import duty
from asp.audit.actor import Actor
from asp.ui.flash import flash
from provisioning import selectors, services
from provisioning.forms.application import DUTY_LABELS
from provisioning.forms.host import AddressForm
from provisioning.models import Opening
from provisioning.views.host_applications import _page as application_page
from tenants import registry


@duty("system")
@require_safe
@never_cache
def detail(request: HttpRequest, opening_id: uuid.UUID) -> HttpResponse:
    """The steps as they happen, and what was approved."""
    opening = selectors.opening_get(opening_id)
    return render(request, "provisioning/host/opening.html", _context(opening))


@duty("system")
@require_safe
@never_cache
def steps(request: HttpRequest, opening_id: uuid.UUID) -> HttpResponse:
    """The steps alone; the page asks for them whenever the opening gets on."""
    opening = selectors.opening_get(opening_id)
    return render(request, "provisioning/host/_opening.html", _context(opening))


@duty("system")
@require_POST
def start(request: HttpRequest, application_id: uuid.UUID) -> HttpResponse:
    """Try again, at the approved address or (if that was taken) at another one."""
    application = selectors.application_get(application_id)
    form = AddressForm(request.POST or None)
    actor = Actor.of(request)
    if request.POST.get("slug"):
        if not form.is_valid():
            return application_page(request, application, status=422, problem=str(form.errors["slug"][0]))
        opening = services.address_change(
            actor=actor, application=application, slug=form.cleaned_data["slug"]
        )
    else:
        opening = services.opening_start(actor=actor, application=application)
    return redirect("provisioning:opening-detail", opening.pk)


@duty("system")
@require_POST
def stop(request: HttpRequest, opening_id: uuid.UUID) -> HttpResponse:
    """Stop an opening; what it has written is taken back."""
    opening = selectors.opening_get(opening_id)
    if services.opening_stop(actor=Actor.of(request), opening=opening):
        flash(request, gettext("The opening was stopped."), kind="warn")
    else:
        flash(request, gettext("The opening had ended before."))
    return redirect("provisioning:opening-detail", opening.pk)


def _context(opening: Opening) -> dict[str, object]:
    application = opening.application
    titles = {each.code: each.title for each in registry.optional_functions()}
    return {
        "opening": opening,
        "view": selectors.opening_view(opening),
        "application": application,
        "functions": [titles.get(code, code) for code in application.granted_functions],
        "people": [(DUTY_LABELS[person.duty], person) for person in application.administrators.all()],
    }
