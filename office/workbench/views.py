"""One page with three faces: staff, and each of the three administrators."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from asp.accounts.access import signed_in
from office.notices.selectors import latest
from office.workbench import selectors

TEMPLATES = {
    "system": "workbench/system.html",
    "security": "workbench/security.html",
    "audit": "workbench/audit.html",
}


@signed_in
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What this person begins the day with."""
    account: Any = request.user
    context: dict[str, Any] = selectors.greeting(account) | {
        "waiting": selectors.administrators_waiting(),
        "jobs": selectors.jobs_under_way(account),
        "notices": latest(),
    }
    if not account.is_administrator:
        return render(request, "workbench/staff.html", context | selectors.for_staff(account))
    own = {
        "system": selectors.for_system,
        "security": selectors.for_security,
        "audit": selectors.for_audit,
    }[account.duty]
    return render(request, TEMPLATES[account.duty], context | own())
