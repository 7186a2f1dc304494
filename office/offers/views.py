"""A role that the host offers: look at it, accept or decline it, take over what is new."""

import uuid

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from asp.accounts.access import duty
from asp.audit.actor import Actor
from asp.ui.flash import flash
from office.offers import errors, selectors, services
from office.offers.forms import AcceptForm, MergeForm, VersionForm
from office.offers.models import RoleOffer


@duty("security")
@require_safe
def role(request: HttpRequest, roleoffer_id: uuid.UUID) -> HttpResponse:
    """What it permits, and, once a role was made of it, what is new."""
    offer = selectors.offer_get(roleoffer_id)
    return _page(request, offer, AcceptForm(initial={"name": offer.name, "version": offer.version}))


@duty("security")
@require_POST
def accept(request: HttpRequest, roleoffer_id: uuid.UUID) -> HttpResponse:
    """Make a role of it."""
    offer = selectors.offer_get(roleoffer_id)
    form = AcceptForm(request.POST)
    if not form.is_valid():
        return _page(request, offer, form, status=422)
    made = services.offer_accept(
        actor=Actor.of(request),
        offer_id=offer.pk,
        version=form.cleaned_data["version"],
        name=form.cleaned_data["name"],
    )
    flash(request, gettext("The role has been created. Now give it to somebody."))
    return redirect("accounts:role-detail", role_id=made.pk)


@duty("security")
@require_POST
def decline(request: HttpRequest, roleoffer_id: uuid.UUID) -> HttpResponse:
    """Do without it."""
    offer = selectors.offer_get(roleoffer_id)
    form = VersionForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest()
    services.offer_decline(actor=Actor.of(request), offer_id=offer.pk, version=form.cleaned_data["version"])
    flash(request, gettext("Declined. A newer version will be shown here again."))
    return redirect("accounts:role-list")


@duty("security")
@require_POST
def merge(request: HttpRequest, roleoffer_id: uuid.UUID) -> HttpResponse:
    """Take over all, some or none of what is new."""
    offer = selectors.offer_get(roleoffer_id)
    if not offer.is_taken:
        raise errors.OfferNotTaken
    news = [part.key for part in selectors.parts_of(offer) if part.takeable]
    form = MergeForm(request.POST, keys=news)
    if not form.is_valid():
        # Something was ticked that is no longer new: the page was old.
        raise errors.OfferMoved
    made = services.offer_merge(
        actor=Actor.of(request),
        offer_id=offer.pk,
        version=form.cleaned_data["version"],
        taken=form.cleaned_data["taken"],
    )
    flash(request, gettext("Done. The role says now what you have chosen."))
    return redirect("accounts:role-detail", role_id=made.pk)


def _page(request: HttpRequest, offer: RoleOffer, form: AcceptForm, *, status: int = 200) -> HttpResponse:
    context = {"view": selectors.offer_look(offer), "offer": offer, "form": form}
    return render(request, "offers/role.html", context, status=status)
