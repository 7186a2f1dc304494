"""The lists: a folder, what was shared, what was used lately; and the details of one thing."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from asp.accounts.access import requires
from asp.audit.actor import Actor
from office.library.models import Node
from office.library.permissions import USE
from office.library.selectors.access import level_of, node_get_for, reach_of
from office.library.selectors.details import details_for
from office.library.selectors.lists import children_page, recent_page, shared_page
from office.library.selectors.tree import cabinets_ready
from office.library.views._frame import page_render, person


@requires(USE)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The file centre opens with one's own cabinet."""
    account = person(request)
    cabinets = cabinets_ready(actor=Actor.of(request), account=account)
    own = next(cabinet for cabinet in cabinets if cabinet.owner_id == account.pk)
    return redirect("library:node", own.pk)


@requires(USE)
@require_safe
def node(request: HttpRequest, node_id: uuid.UUID) -> HttpResponse:
    """A folder with its list; a file with its details beside the list that it is in."""
    account = person(request)
    item = node_get_for(account=account, node_id=node_id)
    shown: Node | None = item
    if item.parent is None or item.is_folder:
        folder, shown = item, item if "details" in request.GET else None
    else:
        folder = item.parent
        folder.cabinet = item.cabinet
        folder.level = level_of(account, folder)  # type: ignore[attr-defined]
        folder.hidden = reach_of(account, folder)  # type: ignore[attr-defined]
        if not folder.level:  # type: ignore[attr-defined]
            # Shared alone: the list it belongs to is that of shared things.
            return page_render(request, "shared", shared_page(account), details=details_for(account, item))
    page = children_page(folder, sort=request.GET.get("sort", ""), number=request.GET.get("page"))
    details = details_for(account, shown) if shown else None
    return page_render(request, "folder", page, folder=folder, details=details)


@requires(USE)
@require_safe
def pane(request: HttpRequest, node_id: uuid.UUID) -> HttpResponse:
    """The details of one thing, for the pane beside the list."""
    item = node_get_for(account=person(request), node_id=node_id)
    if not getattr(request, "htmx", None):
        return redirect("library:node", item.pk)
    return render(request, "library/_details.html", {"details": details_for(person(request), item)})


@requires(USE)
@require_safe
def shared(request: HttpRequest) -> HttpResponse:
    """What others have shared with me."""
    return page_render(request, "shared", shared_page(person(request), number=request.GET.get("page")))


@requires(USE)
@require_safe
def recent(request: HttpRequest) -> HttpResponse:
    """What I used last."""
    return page_render(request, "recent", recent_page(person(request)))
