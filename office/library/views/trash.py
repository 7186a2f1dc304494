"""The trash: putting in, looking, taking out, deleting for ever."""

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from asp.accounts.access import requires
from asp.audit.actor import Actor
from asp.ui.flash import flash
from asp.ui.text import bytes_text
from office.library.models import Level, Node
from office.library.permissions import USE
from office.library.selectors.access import level_of, nodes_get_for
from office.library.selectors.lists import trash_for, trash_page
from office.library.services import contents_of, nodes_erase, nodes_restore, nodes_trash
from office.library.views._frame import done, page_render, person, selected_ids


@requires(USE)
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """What is in the trash of the places where I may edit."""
    return page_render(request, "trash", trash_page(person(request), number=request.GET.get("page")))


@requires(USE)
@require_POST
def put(request: HttpRequest) -> HttpResponse:
    """Put what was ticked into the trash."""
    nodes = nodes_get_for(account=person(request), node_ids=selected_ids(request.POST), level=Level.EDIT)
    trashed = nodes_trash(actor=Actor.of(request), nodes=nodes)
    if trashed:
        query = QueryDict(mutable=True)
        query.setlist("node", [str(node.pk) for node in trashed])
        if len(trashed) == 1:
            text = _("“{name}” is in the trash now.").format(name=trashed[0].name)
        else:
            text = ngettext("{n} is in the trash now.", "{n} are in the trash now.", len(trashed)).format(
                n=len(trashed)
            )
        flash(request, text, undo=f"{reverse('library:trash-restore')}?{query.urlencode()}")
    parent = nodes[0].parent_id
    return done(request, reverse("library:node", args=[parent]) if parent else reverse("library:home"))


@requires(USE)
@require_POST
def restore(request: HttpRequest) -> HttpResponse:
    """Take what was ticked (or what the toast names in the address) out of the trash."""
    data = request.POST if "node" in request.POST else request.GET
    nodes = nodes_get_for(
        account=person(request), node_ids=selected_ids(data), level=Level.EDIT, trashed=True
    )
    restored = nodes_restore(actor=Actor.of(request), nodes=nodes)
    if len(restored) == 1:
        flash(request, _("“{name}” is back.").format(name=restored[0].name))
    elif restored:
        flash(request, ngettext("{n} is back.", "{n} are back.", len(restored)).format(n=len(restored)))
    first = restored[0] if restored else None
    return done(
        request, reverse("library:node", args=[first.parent_id]) if first else reverse("library:trash")
    )


@requires(USE)
@require_http_methods(["GET", "HEAD", "POST"])
def erase(request: HttpRequest) -> HttpResponse:
    """Say what would be lost, then delete what was ticked for ever."""
    data = request.POST if request.method == "POST" else request.GET
    nodes = nodes_get_for(
        account=person(request), node_ids=selected_ids(data), level=Level.MANAGE, trashed=True
    )
    return _erase(request, nodes, others=0, all_of_it=False)


@requires(USE)
@require_http_methods(["GET", "HEAD", "POST"])
def empty(request: HttpRequest) -> HttpResponse:
    """The same for everything in the trash that I manage."""
    account = person(request)
    found = list(trash_for(account).select_related("cabinet"))
    mine = [node for node in found if level_of(account, node) >= Level.MANAGE]
    return _erase(request, mine, others=len(found) - len(mine), all_of_it=True)


def _erase(request: HttpRequest, nodes: list[Node], *, others: int, all_of_it: bool) -> HttpResponse:
    if request.method == "POST":
        lost = nodes_erase(actor=Actor.of(request), nodes=nodes)
        text = ngettext(
            "{n} file ({size}) deleted for ever.", "{n} files ({size}) deleted for ever.", lost.files
        )
        flash(request, text.format(n=lost.files, size=bytes_text(lost.size)))
        return done(request, reverse("library:trash"))
    context = {
        "nodes": nodes,
        "shown": nodes[:20],
        "contents": contents_of(nodes),
        "others": others,
        "all_of_it": all_of_it,
    }
    return render(request, "library/erase.html", context)
