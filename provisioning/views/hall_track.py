"""Where an application stands, for who has the tracking code and a phone number of it."""

import uuid

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from asp.accounts.access import anyone
from asp.accounts.models import Duty
from asp.accounts.sources import client_address
from asp.audit.actor import Actor
from asp.messages.channels import relay_configured
from provisioning import access, limits, selectors, services
from provisioning.errors import WrongCode
from provisioning.forms.tracking import TrackForm
from provisioning.models import Application
from provisioning.views.hall_home import office_url


@anyone
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_post_parameters("code", "phone")
def track(request: HttpRequest) -> HttpResponse:
    """Ask for code and phone. A refusal never says which of them was wrong."""
    if request.method != "POST":
        return render(request, "provisioning/hall/track.html", {"form": TrackForm()})
    form = TrackForm(request.POST)
    if form.is_valid():
        try:
            found = services.application_track(
                source=client_address(request) or "unknown",
                code=form.cleaned_data["code"],
                phone=form.cleaned_data["phone"],
            )
        except WrongCode as error:
            form.add_error(None, error.text)
        else:
            access.grant_keep(
                request, application=found.application, contact=found.contact, duties=found.duties
            )
            return redirect("provisioning:track-detail", found.application.pk)
    return render(request, "provisioning/hall/track.html", {"form": form}, status=422)


@anyone
@require_safe
@never_cache
def detail(request: HttpRequest, application_id: uuid.UUID) -> HttpResponse:
    """State and history in words; for administrators, their activation."""
    application, grant = _tracked(request, application_id)
    if application.bureau is not None:
        services.bureau_refresh(bureau_id=application.bureau.pk)
        application.bureau.refresh_from_db()
    return _page(request, application, grant)


@anyone
@require_POST
@never_cache
def activation(request: HttpRequest, application_id: uuid.UUID, duty: str) -> HttpResponse:
    """Hand one administrator a fresh activation: by mail, or here and now. Former ones are void."""
    application, grant = _tracked(request, application_id)
    if duty not in grant.duties:
        raise Http404
    limits.LINKS_OF_ADMINISTRATOR.take(f"{application.pk} {duty}")
    fetched = services.activation_fetch(actor=Actor.of(request), application=application, duty=duty)
    return _page(request, application, grant, fetched=fetched)


@anyone
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Close what was tracked in this browser, for kiosks and shared machines."""
    access.grants_forget(request)
    return redirect("provisioning:track")


def _tracked(request: HttpRequest, application_id: uuid.UUID) -> tuple[Application, access.Grant]:
    grant = access.grant_of(request, application_id)
    if grant is None:
        raise Http404
    application = Application.objects.select_related("bureau").filter(pk=application_id).first()
    if application is None:
        raise Http404
    return application, grant


def _page(
    request: HttpRequest,
    application: Application,
    grant: access.Grant,
    fetched: services.Fetched | None = None,
) -> HttpResponse:
    opening = application.openings.first()
    people = {person.duty: person for person in application.administrators.all()}
    context = {
        "application": application,
        "events": application.events.all(),
        "opening": selectors.opening_view(opening) if opening is not None else None,
        "is_contact": grant.contact,
        "mine": [people[duty] for duty in Duty.values if duty in grant.duties and duty in people],
        "people": [people[duty] for duty in Duty.values if duty in people],
        "fetched": fetched,
        "by_mail": relay_configured(),
        "office_url": office_url(application.bureau) if application.bureau is not None else "",
        "address": f"{application.granted_slug or application.slug}.{settings.ASP.base_domain}",
    }
    return render(request, "provisioning/hall/tracked.html", context)
