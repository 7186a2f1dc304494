"""Sharing: who has access to a folder or file, and letting others in."""

import uuid

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from asp.accounts.access import requires
from asp.accounts.subjects import subject_labels, subject_search
from asp.audit.actor import Actor
from asp.ui.flash import flash
from office.library.errors import NobodyToShareWith
from office.library.forms import GrantForm, LevelForm
from office.library.models import Access, Level, Node
from office.library.permissions import USE
from office.library.selectors.access import node_get_for
from office.library.selectors.details import details_for
from office.library.services import access_change, access_grant, access_revoke
from office.library.services.sharing import SHARED_KINDS
from office.library.views._frame import person

SHOWN = 8


@requires(USE)
@require_safe
def subjects(request: HttpRequest, node_id: uuid.UUID) -> HttpResponse:
    """The people, departments and posts that match what was typed (`q`)."""
    node = _node(request, node_id)
    query = request.GET.get("q", "").strip()
    choices = subject_search(query, kinds=SHARED_KINDS, limit=SHOWN) if query else []
    return render(request, "library/_subjects.html", {"node": node, "choices": choices, "query": query})


@requires(USE)
@require_POST
def grant(request: HttpRequest, node_id: uuid.UUID) -> HttpResponse:
    """Let one more subject in."""
    node = _node(request, node_id)
    form = GrantForm(request.POST)
    if not form.is_valid():
        raise NobodyToShareWith
    subject = form.cleaned_data["subject"]
    access_grant(actor=Actor.of(request), node=node, subject=subject, level=form.cleaned_data["level"])
    choice = subject_labels([subject]).get(subject)
    if choice:
        flash(request, _("Shared with {name}.").format(name=choice.label))
    return _answer(request, node)


@requires(USE)
@require_POST
def change(request: HttpRequest, node_id: uuid.UUID, access_id: uuid.UUID) -> HttpResponse:
    """Another level for a subject that has access."""
    node = _node(request, node_id)
    form = LevelForm(request.POST)
    if not form.is_valid():
        raise Http404
    access_change(actor=Actor.of(request), access=_access(node, access_id), level=form.cleaned_data["level"])
    return _answer(request, node)


@requires(USE)
@require_POST
def revoke(request: HttpRequest, node_id: uuid.UUID, access_id: uuid.UUID) -> HttpResponse:
    """Take a subject's access back."""
    node = _node(request, node_id)
    access_revoke(actor=Actor.of(request), access=_access(node, access_id))
    flash(request, _("The access was taken back."))
    return _answer(request, node)


def _node(request: HttpRequest, node_id: uuid.UUID) -> Node:
    return node_get_for(account=person(request), node_id=node_id, level=Level.MANAGE)


def _access(node: Node, access_id: uuid.UUID) -> Access:
    access = Access.objects.select_related("node").filter(pk=access_id, node=node).first()
    if access is None:
        raise Http404
    return access


def _answer(request: HttpRequest, node: Node) -> HttpResponse:
    account = person(request)
    account.__dict__.pop("_library_grants", None)
    if not getattr(request, "htmx", None):
        return redirect(f"/library/{node.pk}/?details=1")
    try:
        node = node_get_for(account=account, node_id=node.pk)
    except Http404:
        # They took their own access away.
        return HttpResponse(status=204, headers={"HX-Redirect": "/library/"})
    response = render(request, "library/_details.html", {"details": details_for(account, node)})
    response["HX-Trigger"] = '{"library-shared": {}}'
    return response
