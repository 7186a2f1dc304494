"""The host console's first page: what waits, what runs, how much there is."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from asp.accounts.access import duty
from provisioning import selectors
from provisioning.models import ApplicationState


@duty("system", "security", "audit")
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Figures for all three; what is to be done for the system administrator."""
    is_system = request.user.duty == "system"  # type: ignore[union-attr]
    context = {
        "figures": selectors.host_figures(),
        "pool_size": settings.ASP.pool_size,
        "is_system": is_system,
        "waiting": selectors.application_list(state=ApplicationState.SUBMITTED)[:8] if is_system else [],
        "approved": selectors.application_list(state=ApplicationState.APPROVED)[:8] if is_system else [],
        "openings": selectors.openings_under_way() if is_system else [],
    }
    return render(request, "provisioning/host/overview.html", context)
