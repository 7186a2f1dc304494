"""Making folders, renaming, moving."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from asp.accounts.access import requires
from asp.audit.actor import Actor
from asp.ui.flash import flash
from office.library.errors import NameChanged, NameTaken
from office.library.forms import NameForm
from office.library.models import Level, Node
from office.library.permissions import USE
from office.library.selectors.access import folder_get_for, node_get_for, nodes_get_for
from office.library.selectors.lists import subfolders
from office.library.selectors.tree import tree_for
from office.library.services import folder_create, node_rename, nodes_move
from office.library.views._frame import crumbs_of, done, folder_url, person, selected_ids


@requires(USE)
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: HttpRequest, node_id: uuid.UUID) -> HttpResponse:
    """A new folder in a folder."""
    parent = folder_get_for(account=person(request), node_id=node_id, level=Level.EDIT)
    form = NameForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            folder = folder_create(actor=Actor.of(request), parent=parent, name=form.cleaned_data["name"])
        except NameTaken as error:
            form.add_error("name", error.text)
        else:
            flash(request, _("The folder “{name}” is there.").format(name=folder.name))
            return done(request, reverse("library:node", args=[parent.pk]))
    return _form(request, form, title=_("New folder"), button=_("Create"), back=folder_url(parent))


@requires(USE)
@require_http_methods(["GET", "HEAD", "POST"])
def rename(request: HttpRequest, node_id: uuid.UUID) -> HttpResponse:
    """Another name for a folder or file."""
    node = node_get_for(account=person(request), node_id=node_id, level=Level.EDIT)
    form = NameForm(request.POST or None, initial={"name": node.name, "was": node.name})
    if request.method == "POST" and form.is_valid():
        name, was = form.cleaned_data["name"], form.cleaned_data["was"]
        try:
            node = node_rename(actor=Actor.of(request), node=node, name=name, was=was)
        except (NameTaken, NameChanged) as error:
            form.add_error("name", error.text)
        else:
            flash(request, _("Renamed to “{name}”.").format(name=node.name))
            return done(request, reverse("library:node", args=[node.pk]))
    title = _("Rename “{name}”").format(name=node.name)
    return _form(request, form, title=title, button=_("Rename"), back=reverse("library:node", args=[node.pk]))


@requires(USE)
@require_http_methods(["GET", "HEAD", "POST"])
def move(request: HttpRequest) -> HttpResponse:
    """Choose a folder (`to`) for what was ticked, then move it there."""
    account = person(request)
    data = request.POST if request.method == "POST" else request.GET
    nodes = nodes_get_for(account=account, node_ids=selected_ids(data), level=Level.EDIT)
    target = _target(request, data.get("to"), nodes)
    if request.method == "POST":
        folder = folder_get_for(account=account, node_id=target.pk, level=Level.EDIT)
        number = nodes_move(actor=Actor.of(request), nodes=nodes, target=folder)
        text = ngettext("{n} moved to “{place}”.", "{n} moved to “{place}”.", number)
        flash(request, text.format(n=number, place=_label(request, folder)))
        return done(request, folder_url(folder))
    tree = tree_for(actor=Actor.of(request), account=account, here=target)
    context = {
        "nodes": nodes,
        "target": target,
        "tree": tree,
        "crumbs": crumbs_of(tree, target),
        "folders": subfolders(target),
        "moving": {node.pk for node in nodes},
        "allowed": target.level >= Level.EDIT,  # type: ignore[attr-defined]
        "same_place": all(node.parent_id == target.pk for node in nodes),
        "back": reverse("library:node", args=[nodes[0].parent_id])
        if nodes[0].parent_id
        else folder_url(nodes[0]),
    }
    return render(request, "library/move.html", context)


def _target(request: HttpRequest, raw: str | None, nodes: list[Node]) -> Node:
    """The folder that the picker stands in: the one asked for, else where the things lie."""
    account = person(request)
    try:
        wanted = uuid.UUID(raw) if raw else None
    except ValueError:
        wanted = None
    if wanted is None:
        first = nodes[0]
        wanted = first.path[-1] if first.hidden < len(first.path) else _own(request)  # type: ignore[attr-defined]
    return folder_get_for(account=account, node_id=wanted)


def _own(request: HttpRequest) -> uuid.UUID:
    tree = tree_for(actor=Actor.of(request), account=person(request))
    return tree.mine[0].id


def _label(request: HttpRequest, folder: Node) -> str:
    if not folder.is_top:
        return folder.name
    return tree_for(actor=Actor.of(request), account=person(request), here=folder).labels[folder.cabinet_id]


def _form(request: HttpRequest, form: NameForm, *, title: str, button: str, back: str) -> HttpResponse:
    template = "library/_name_form.html" if getattr(request, "htmx", None) else "library/name_form.html"
    context = {"form": form, "title": title, "button": button, "back": back, "action": request.path}
    return render(request, template, context, status=422 if form.is_bound else 200)
