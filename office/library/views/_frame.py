"""What every page of the file centre shows around its list: tree, storage, details."""

import uuid
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse

from asp.accounts.models import Account
from asp.audit.actor import Actor
from office.library.errors import NothingSelected, TooManySelected
from office.library.models import Node
from office.library.selectors.tree import Tree, tree_for
from office.library.selectors.usage import usage_for
from office.library.uploads import MOST_BYTES, PURPOSE

MOST_SELECTED = 200


@dataclass(frozen=True)
class Crumb:
    """One step of the way from the cabinet to here."""

    id: uuid.UUID
    label: str


def person(request: HttpRequest) -> Account:
    """The account behind the request; the views are for people who are signed in."""
    return request.user  # type: ignore[return-value]


def page_render(
    request: HttpRequest, section: str, page: "Page[Node]", *, folder: Node | None = None, **more: Any
) -> HttpResponse:
    """Answer with a whole page: tree, the list of `section`, and the details of `item` if given."""
    account = person(request)
    tree = tree_for(actor=Actor.of(request), account=account, here=folder)
    context = {
        "section": section,
        "page": page,
        "folder": folder,
        "tree": tree,
        "crumbs": crumbs_of(tree, folder) if folder else [],
        "usage": usage_for(account),
        "purpose": PURPOSE,
        "most_bytes": MOST_BYTES,
        "sort": request.GET.get("sort", ""),
        **more,
    }
    return render(request, "library/page.html", context)


def crumbs_of(tree: Tree, folder: Node) -> list[Crumb]:
    """The way to `folder`, from the topmost folder that the person may see."""
    visible = folder.line[folder.hidden :]  # type: ignore[attr-defined]
    return [Crumb(key, tree.labels.get(key) or tree.names.get(key, "")) for key in visible]


def selected_ids(data: QueryDict) -> list[uuid.UUID]:
    """The keys of what was ticked (`node`, repeated). Raises NothingSelected, TooManySelected, Http404."""
    raw = data.getlist("node")
    if not raw:
        raise NothingSelected
    if len(raw) > MOST_SELECTED:
        raise TooManySelected(params={"limit": MOST_SELECTED})
    try:
        return [uuid.UUID(each) for each in raw]
    except ValueError:
        raise Http404 from None


def done(request: HttpRequest, to: str) -> HttpResponse:
    """Answer an act: HTMX refreshes the lists it is shown in, a browser without scripts goes to `to`."""
    if getattr(request, "htmx", None):
        return HttpResponse(status=204, headers={"HX-Trigger": '{"library-changed": {}}'})
    return redirect(to)


def folder_url(node: Node) -> str:
    """Where a folder is shown, or the folder around a file."""
    key = node.pk if node.is_folder else node.parent_id
    return reverse("library:node", args=[key])
