"""Applying for an office: introduction, draft, form, receipt. Nobody signs in here."""

import uuid
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from asp.accounts.access import anyone
from asp.accounts.sources import client_address
from asp.audit.actor import Actor
from asp.blobs import services as blobs
from asp.ui.flash import flash
from provisioning import access, codes, credit_code, limits, selectors, services, uploads
from provisioning.errors import NotEditable
from provisioning.forms.application import ApplicationForm, typed_data, typed_values
from provisioning.models import Application, ApplicationState
from tenants.naming import SLUG_MAX_LENGTH, validate_slug


@anyone
@require_safe
@never_cache
def introduction(request: HttpRequest) -> HttpResponse:
    """What is needed, and the way to a new or the kept draft."""
    draft = access.application_of_draft(request)
    return render(request, "provisioning/hall/apply.html", {"draft": draft})


@anyone
@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    """Begin a draft; one that this browser has is continued instead."""
    draft = access.application_of_draft(request)
    if draft is not None and draft.is_editable:
        return redirect("provisioning:apply-form", draft.pk)
    limits.DRAFTS_OF_SOURCE.take(client_address(request) or "unknown")
    draft, secret = services.draft_begin(language=get_language() or settings.LANGUAGE_CODE)
    response = redirect("provisioning:apply-form", draft.pk)
    access.draft_remember(response, secret)
    return response


@anyone
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def form(request: HttpRequest, application_id: uuid.UUID) -> HttpResponse:
    """The form; sent in by POST.

    What is to be corrected is shown after a redirect (`?check`), from the draft: reloading the page then
    cannot send older text over newer one.
    """
    application = access.application_for(request, application_id)
    if not application.is_editable:
        if access.draft_secret(request) and application == access.application_of_draft(request):
            return redirect("provisioning:apply-receipt", application.pk)
        return redirect("provisioning:track-detail", application.pk)
    if request.method == "POST":
        return _send_in(request, application)
    if "check" in request.GET:
        return _page(request, application, _checked(application, typed_data(application.draft)))
    return _page(request, application, _form(application, initial=application.draft))


@anyone
@require_POST
def save(request: HttpRequest, application_id: uuid.UUID) -> HttpResponse:
    """Keep what was typed so far; the page sends it by itself."""
    application = access.application_for(request, application_id)
    limits.SAVES_OF_DRAFT.take(str(application.pk))
    values = typed_values(_form(application), request.POST)
    services.draft_save(application=application, values=values)
    return render(request, "provisioning/hall/_saved.html", {"saved_at": timezone.now()})


@anyone
@require_safe
@never_cache
def letter(request: HttpRequest, application_id: uuid.UUID) -> HttpResponse:
    """Which letter the application carries now; a part of the form."""
    application = access.application_for(request, application_id)
    return render(request, "provisioning/hall/_letter.html", _letter_context(application))


@anyone
@require_safe
@never_cache
def address(request: HttpRequest) -> HttpResponse:
    """Whether an address can be had; a part of the form, asked while people type."""
    limits.LOOKUPS_OF_SOURCE.take(client_address(request) or "unknown")
    slug = request.GET.get("slug", "").strip().lower()[: SLUG_MAX_LENGTH + 1]
    context: dict[str, Any] = {"slug": slug, "base": settings.ASP.base_domain}
    if slug:
        try:
            validate_slug(slug)
        except ValidationError as error:
            context["problem"] = error.messages[0]
        else:
            context["taken"] = selectors.slug_is_taken(slug)
    return render(request, "provisioning/hall/_address.html", context)


@anyone
@require_POST
def discard(request: HttpRequest, application_id: uuid.UUID) -> HttpResponse:
    """Throw the draft away."""
    application = access.application_for(request, application_id)
    services.draft_discard(actor=Actor.of(request), application=application)
    flash(request, gettext("The draft was thrown away."))
    response = redirect("provisioning:apply")
    access.draft_forget(response)
    return response


@anyone
@require_safe
@never_cache
def receipt(request: HttpRequest, application_id: uuid.UUID) -> HttpResponse:
    """The tracking code, to be printed or noted. Only the browser that wrote the application has it."""
    application = access.application_of_draft(request)
    if application is None or application.pk != application_id or application.state == ApplicationState.DRAFT:
        raise Http404
    context = {
        "application": application,
        "code": codes.tracking_code(access.draft_secret(request)),
        "address": f"{application.slug}.{settings.ASP.base_domain}",
    }
    template = "receipt_print" if "print" in request.GET else "receipt"
    return render(request, f"provisioning/hall/{template}.html", context)


def _send_in(request: HttpRequest, application: Application) -> HttpResponse:
    services.draft_save(application=application, values=typed_values(_form(application), request.POST))
    application.refresh_from_db()
    # From what was kept, so that the page after a refusal says the same.
    filled = _checked(application, typed_data(application.draft))
    if not filled.is_valid():
        return redirect(f"{reverse('provisioning:apply-form', args=[application.pk])}?check=1")
    own = application == access.application_of_draft(request)
    first = application.state == ApplicationState.DRAFT
    if first and not own:
        raise NotEditable
    with transaction.atomic():
        if application.new_letter_upload is not None:
            blobs.draft_claim(
                request=request, upload_id=application.new_letter_upload, purpose=uploads.LETTER
            )
        services.application_submit(
            actor=Actor.of(request),
            application=application,
            submission=filled.submission(),
            secret=access.draft_secret(request) if own else None,
        )
    if first:
        return redirect("provisioning:apply-receipt", application.pk)
    flash(request, gettext("The corrected application was sent in."))
    grant = access.grant_of(request, application.pk)
    if grant is None and own:
        access.grant_keep(request, application=application, contact=True, duties=())
    return redirect("provisioning:track-detail", application.pk)


def _form(application: Application, **kwargs: Any) -> ApplicationForm:
    return ApplicationForm(remarks=application.remarks.get("fields", {}), **kwargs)


def _checked(application: Application, data: QueryDict) -> ApplicationForm:
    """The form with everything that is to be corrected, the letter included."""
    filled = _form(application, data=data)
    if selectors.letter_in_draft(application) is None:
        filled.add_error(None, gettext("Upload the authorisation letter as PDF, JPEG or PNG."))
    return filled


def _page(request: HttpRequest, application: Application, filled: ApplicationForm) -> HttpResponse:
    code = credit_code.normalise(str(filled["credit_code"].value() or ""))
    context = {
        "application": application,
        "form": filled,
        "general_remark": application.remarks.get("general", ""),
        "inner_doubtful": bool(code)
        and credit_code.check(code).is_valid
        and not credit_code.check(code).inner_ok,
        "base": settings.ASP.base_domain,
        "purpose": uploads.LETTER,
        "most_bytes": uploads.MOST_BYTES,
        **_letter_context(application),
    }
    return render(request, "provisioning/hall/form.html", context)


def _letter_context(application: Application) -> dict[str, Any]:
    found = selectors.letter_in_draft(application)
    name, blob = found if found else ("", None)
    return {"application": application, "letter_name": name, "letter": blob}
