"""The to-do list, the lists beside it, and the small parts of other pages that count what waits."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from asp.accounts.access import requires
from office.workflow.permissions import OVERSEE, USE
from office.workflow.selectors.todo import (
    DELEGATED,
    FOLLOWED,
    LIGHTS,
    OPEN,
    READ,
    STARTED,
    TABS,
    Wanted,
    counts_for,
    listing_for,
)
from office.workflow.services.brief import todo_brief
from office.workflow.todo_mark import mark_of
from office.workflow.views._frame import person

# Lists in which every line is an instance: neither selected nor filtered by source.
OF_INSTANCES = (STARTED, FOLLOWED)


@requires(USE, OVERSEE)
@require_safe
def todo(request: HttpRequest, tab: str = OPEN) -> HttpResponse:
    """One of the lists."""
    account = person(request)
    wanted = Wanted.of(request.GET, tab)
    counts = counts_for(account)
    account.__dict__["_workflow_waiting"] = (counts.open, counts.late)
    listing = listing_for(account, wanted, request.GET.get("page"), counts=counts)
    numbers = {OPEN: counts.open, READ: counts.read}
    context = {
        "tab": tab,
        "tabs": [(code, label, numbers.get(code), _address(code)) for code, label in TABS.items()],
        "wanted": wanted,
        "counts": counts,
        "listing": listing,
        "page": listing.page,
        "lights": LIGHTS,
        "of_instances": tab in OF_INSTANCES,
        "selectable": tab in (OPEN, READ),
        "delegated": tab == DELEGATED,
    }
    return render(request, "workflow/todo.html", context)


def _address(tab: str) -> str:
    return reverse("workflow:todo" if tab == OPEN else f"workflow:todo-{tab}")


@requires(USE, OVERSEE)
@require_safe
def count(request: HttpRequest) -> HttpResponse:
    """The number in the rail alone; pages fetch it when somebody's list has changed."""
    small = request.GET.get("small") == "1"
    return render(request, "ui/_mark.html", {"mark": mark_of(request), "small": small})


@requires(USE, OVERSEE)
@require_safe
def brief(request: HttpRequest) -> HttpResponse:
    """The block of the workbench alone."""
    return render(request, "workflow/_brief.html", {"todo": todo_brief(account=person(request))})
