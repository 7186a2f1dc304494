"""The part of a form's field that finds people and departments."""

import uuid

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from asp.accounts.access import signed_in
from asp.accounts.models import AccountKind
from asp.forms.directories import Entry, directory

MOST_FOUND = 8
MOST_CHOSEN = 50


@signed_in
@require_safe
def find(request: HttpRequest, kind: str) -> HttpResponse:
    """What changes while one types: what was chosen, then what was found.

    `q` words, `name` of the field, `many` if several can be chosen, the field's own key (repeated) what is chosen.
    """
    found = directory(kind)
    if found is None or request.user.kind != AccountKind.STAFF:  # type: ignore[union-attr]
        raise Http404
    name = request.GET.get("name", "")[:100]
    query = request.GET.get("q", "").strip()[:100]
    ids = [each for each in map(_uuid, request.GET.getlist(name)[:MOST_CHOSEN]) if each is not None]
    known = {each.id: each for each in found.labels(ids)} if ids else {}
    chosen = [known[each] for each in dict.fromkeys(ids) if each in known]
    entries: list[Entry] = []
    if query:
        entries = [each for each in found.search(query, MOST_FOUND) if each.id not in known]
    context = {
        "name": name,
        "many": bool(request.GET.get("many")),
        "query": query,
        "chosen": chosen,
        "found": entries,
    }
    return render(request, "forms/_found.html", context)


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
