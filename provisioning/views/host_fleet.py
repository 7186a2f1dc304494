"""Versions (版本) of the offices in the host console: what is outdated and why, and bringing it up to date."""

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
from tenants import fleet


@duty("system")
@require_safe
@never_cache
def versions(request: HttpRequest) -> HttpResponse:
    """The whole picture."""
    return render(request, "provisioning/host/versions.html", _context())


@duty("system")
@require_safe
@never_cache
def part(request: HttpRequest) -> HttpResponse:
    """The part that changes while an upgrade runs."""
    return render(request, "provisioning/host/_versions.html", _context())


@duty("system")
@require_POST
def upgrade_all(request: HttpRequest) -> HttpResponse:
    """Upgrade what is outdated."""
    services.fleet_upgrade_start(actor=Actor.of(request))
    flash(request, gettext("The upgrade has begun; it goes on if you close this page."))
    return redirect("provisioning:versions")


@duty("system")
@require_POST
def upgrade_one(request: HttpRequest, bureau_id: uuid.UUID) -> HttpResponse:
    """Upgrade one office."""
    bureau = selectors.bureau_get(bureau_id)
    services.fleet_upgrade_start(actor=Actor.of(request), bureau=bureau)
    flash(request, gettext("The upgrade has begun; it goes on if you close this page."))
    return redirect("provisioning:versions")


def _context() -> dict[str, object]:
    found = fleet.status()
    return {
        "status": found,
        "outdated": [(each, selectors.upgrade_failure(each.failure)) for each in found.outdated],
        "jobs": selectors.fleet_jobs(),
    }
