"""The console's page about backups."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from asp.accounts.access import duty
from asp.audit.actor import Actor
from asp.operations.backups import services
from asp.operations.backups.selectors import standing
from asp.ui.flash import flash


@duty("system")
@require_safe
def backups(request: HttpRequest) -> HttpResponse:
    """How backups stand; the part alone when it fetches itself again."""
    template = "operations/_backups.html" if getattr(request, "htmx", None) else "operations/backups.html"
    return render(request, template, {"standing": standing()})


@duty("system")
@require_POST
def backup_now(request: HttpRequest) -> HttpResponse:
    """Ask for a backup before its time."""
    services.backup_request(actor=Actor.of(request))
    if standing().is_silent:
        flash(request, gettext("It is noted. The backup begins as soon as the backup process runs again."))
    else:
        flash(request, gettext("The backup begins within a few seconds."))
    return redirect("operations:backups")
