"""The health page, and the line that stands on the overview."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from asp.accounts.access import duty
from asp.operations import board


@duty("system", "security", "audit")
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """Every check in words: what is not in order first, with what to do. All three may look."""
    found = board.look(fresh=request.GET.get("fresh") == "1")
    is_system = request.user.duty == "system"  # type: ignore[union-attr]
    return render(request, "operations/health.html", {"board": found, "is_system": is_system})


@duty("system", "security", "audit")
@require_safe
def health_line(request: HttpRequest) -> HttpResponse:
    """One line for the overview, fetched when the page stands, so that it never waits for a check."""
    return render(request, "operations/_line.html", {"board": board.look()})
