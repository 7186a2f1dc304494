"""One's own exports: the card that pages show, and the way to the file. Nobody sees another's."""

import uuid

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_safe

from asp.accounts.access import signed_in
from asp.audit.actor import Actor
from asp.exports import services


@signed_in
@require_safe
def part(request: HttpRequest) -> HttpResponse:
    """The card again, once a job has ended. `of` names the kind of export."""
    name = request.GET.get("of", "")
    if not services.is_known(name):
        raise Http404
    return render(request, "exports/_card.html", {"exports": services.card_of(request.user.pk, name)})


@signed_in
@require_safe
def fetch(request: HttpRequest, job_id: uuid.UUID) -> HttpResponse:
    """To one's own file, on the content origin."""
    return HttpResponseRedirect(
        services.export_fetch(actor=Actor.of(request), request=request, job_id=job_id)
    )
