"""Pages of the audit administrator (审计管理员), of the host and of each bureau."""

import uuid

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from asp.accounts.access import duty
from asp.audit import chain, selectors, signing
from asp.audit.actor import Actor
from asp.audit.exporting import services
from asp.audit.exporting.files import MEDIA_TYPES
from asp.audit.forms import FilterForm
from asp.audit.services import record
from asp.audit.tasks import verify_log
from asp.jobs import job_start
from asp.jobs.pages import frame


@duty("audit")
@require_safe
def entry_list(request: HttpRequest) -> HttpResponse:
    """The log, newest first, with its filter and the state of the chain."""
    form = FilterForm(request.GET)
    page = selectors.entry_page(form.wanted(), before=_key(request, "before"), after=_key(request, "after"))
    context = {
        "frame": frame(request),
        "form": form,
        "filtered": any(request.GET.get(name) for name in form.fields),
        "page": page,
        "chain": selectors.chain_state(),
        "exports": services.exports_of(request.user.pk),
        "kinds": sorted(MEDIA_TYPES, reverse=True),
    }
    return render(request, "audit/list.html", context)


@duty("audit")
@require_safe
def entry_detail(request: HttpRequest, entry_id: uuid.UUID) -> HttpResponse:
    """One entry with everything that is known of it."""
    row, seal = selectors.entry_get(entry_id)
    return render(
        request, "audit/detail.html", {"frame": frame(request), "row": row, "entry": row.entry, "seal": seal}
    )


@duty("audit")
@require_safe
def chain_part(request: HttpRequest) -> HttpResponse:
    """The card that says where the chain stands; fetched again when a check has ended."""
    return render(request, "audit/_chain.html", {"chain": selectors.chain_state()})


@duty("audit")
@require_safe
def heads(request: HttpRequest) -> HttpResponse:
    """The signed statements about this chain, to be kept elsewhere; see docs/guide for checking by hand."""
    text = signing.document(signing.signed_heads(chain.chain_name()))
    with transaction.atomic():
        record(actor=Actor.of(request), action="audit.heads_exported")
    response = HttpResponse(text, content_type="application/json")
    response["Content-Disposition"] = 'attachment; filename="audit-heads.json"'
    return response


@duty("audit")
@require_POST
def verify_start(request: HttpRequest) -> HttpResponse:
    """Start a check of the whole chain; a second click finds the first one's job."""
    with transaction.atomic():
        job_start(actor=Actor.of(request), job=verify_log, key="audit.verify")
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "audit/_chain.html", {"chain": selectors.chain_state()})
    return HttpResponseRedirect(reverse("audit:entry-list"))


@duty("audit")
@require_safe
def export_list(request: HttpRequest) -> HttpResponse:
    """The card with one's own exports; fetched again when one is ready."""
    return render(request, "audit/_exports.html", {"exports": services.exports_of(request.user.pk)})


@duty("audit")
@require_POST
def export_start(request: HttpRequest) -> HttpResponse:
    """Ask for an export of what the filter in the address shows."""
    kind = request.POST.get("kind", "")
    form = FilterForm(request.GET)
    if kind not in MEDIA_TYPES or not form.is_valid():
        return HttpResponseBadRequest()
    services.export_start(actor=Actor.of(request), wanted=form.wanted(), kind=kind)
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "audit/_exports.html", {"exports": services.exports_of(request.user.pk)})
    return HttpResponseRedirect(f"{reverse('audit:entry-list')}?{request.GET.urlencode()}")


@duty("audit")
@require_safe
def export_fetch(request: HttpRequest, job_id: uuid.UUID) -> HttpResponse:
    """Fetch one's own export from the content origin."""
    return HttpResponseRedirect(
        services.export_fetch(actor=Actor.of(request), request=request, job_id=job_id)
    )


def _key(request: HttpRequest, name: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(request.GET.get(name, ""))
    except ValueError:
        return None
