"""Announcements to the bureaus: what was told, to whom, and where it has arrived."""

import uuid
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from asp.accounts.access import duty
from asp.audit.actor import Actor
from asp.outbox.relay.models import EnvelopeState
from asp.outbox.relay.selectors import deliveries, site_names
from asp.ui.flash import flash
from provisioning.forms.announcement import AnnouncementForm
from provisioning.models import Announcement
from provisioning.services.announcements import PUBLISHED, announcement_publish, announcement_withdraw

PER_PAGE = 20


@duty("system")
@require_safe
def announcement_list(request: HttpRequest) -> HttpResponse:
    """All announcements, newest first."""
    page = Paginator(Announcement.objects.all(), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "provisioning/host/announcements.html", {"page": page})


@duty("system")
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    """Write and publish one."""
    form = AnnouncementForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        chosen = [uuid.UUID(each) for each in data["bureaus"]] if data["audience"] == "some" else None
        made = announcement_publish(actor=Actor.of(request), text=form.told(), bureaus=chosen)
        text = ngettext("Published to {n} bureau.", "Published to {n} bureaus.", made.receivers)
        flash(request, text.format(n=made.receivers))
        return redirect("provisioning:announcement-detail", announcement_id=made.pk)
    status = 422 if form.is_bound else 200
    return render(request, "provisioning/host/announcement_new.html", {"form": form}, status=status)


@duty("system")
@require_safe
def detail(request: HttpRequest, announcement_id: uuid.UUID) -> HttpResponse:
    """One announcement and where it has arrived."""
    found = _get(announcement_id)
    envelopes = deliveries(type=PUBLISHED, subject=str(found.pk))
    names = site_names({each.pair.receiver for each in envelopes})
    rows: list[dict[str, Any]] = [
        {"bureau": names.get(each.pair.receiver), "envelope": each, "held": bool(each.pair.held)}
        for each in envelopes
    ]
    arrived = sum(each.state == EnvelopeState.DELIVERED for each in envelopes)
    context = {"announcement": found, "rows": rows, "arrived": arrived}
    return render(request, "provisioning/host/announcement.html", context)


@duty("system")
@require_POST
def withdraw(request: HttpRequest, announcement_id: uuid.UUID) -> HttpResponse:
    """Take it back."""
    found = announcement_withdraw(actor=Actor.of(request), announcement=_get(announcement_id))
    flash(request, gettext("The announcement is withdrawn."))
    return redirect("provisioning:announcement-detail", announcement_id=found.pk)


def _get(announcement_id: uuid.UUID) -> Announcement:
    found = Announcement.objects.filter(pk=announcement_id).first()
    if found is None:
        raise Http404
    return found
