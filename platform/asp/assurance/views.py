"""Pages of the isolation self-test, for the audit administrator (审计管理员) alone."""

import uuid
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from asp.accounts.access import duty
from asp.assurance import selectors
from asp.assurance.services import self_test_start
from asp.audit.actor import Actor

PAGE_SIZE = 20


@duty("audit")
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What it is, the last result in words, and those before."""
    return render(request, "assurance/home.html", _context(request))


@duty("audit")
@require_safe
def part(request: HttpRequest) -> HttpResponse:
    """The part of the page that follows a self-test under way."""
    return render(request, "assurance/_home.html", _context(request))


@duty("audit")
@require_POST
def run(request: HttpRequest) -> HttpResponse:
    """Start a self-test; a second click finds the first one's."""
    self_test_start(actor=Actor.of(request))
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "assurance/_home.html", _context(request))
    return redirect("assurance:home")


@duty("audit")
@require_safe
def detail(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """One self-test of the past."""
    return render(request, "assurance/detail.html", {"shown": selectors.run_get(run_id)})


def _context(request: HttpRequest) -> dict[str, Any]:
    last = selectors.latest()
    page = Paginator(selectors.runs(), PAGE_SIZE).get_page(request.GET.get("page"))
    return {
        "shown": last,
        "job": selectors.under_way(),
        "unfinished": selectors.unfinished(last),
        "tried": [] if last else selectors.tried(),
        "page": page,
        "history": [(each, selectors.started_by(each)) for each in page],
    }
