"""The results page."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from asp.accounts.access import signed_in
from asp.search import segment, services
from asp.search.highlight import marked
from asp.search.kinds import SearchKind, kind_of
from asp.search.models import SearchEntry

PAGE_SIZE = 20
MOST_PAGES = 50


@dataclass(frozen=True, slots=True)
class Hit:
    """One result, its title cut into plain and marked pieces."""

    entry: SearchEntry
    kind: SearchKind
    title: list[tuple[str, bool]]
    subtitle: list[tuple[str, bool]]


@signed_in
@require_safe
def results(request: HttpRequest) -> HttpResponse:
    """What the reader may see that the words of `q` name."""
    query = request.GET.get("q", "").strip()[: segment.QUERY_MAX]
    wanted = request.GET.get("kind", "")
    number = _page(request)
    account = request.user
    counts = services.counts(account=account, query=query) if query else {}  # type: ignore[arg-type]
    kinds = [(kind_of(code), count) for code, count in counts.items()]
    kinds.sort(key=lambda pair: (pair[0].order, pair[0].code))
    found = []
    if not wanted or wanted in counts:
        found = services.search(
            account=account,  # type: ignore[arg-type]
            query=query,
            kinds={wanted} if wanted else None,
            limit=PAGE_SIZE + 1,
            offset=(number - 1) * PAGE_SIZE,
        )
    terms = segment.query_terms(query)
    context = {
        "query": query,
        "kinds": kinds,
        "kind": wanted,
        "total": sum(counts.values()),
        "hits": [_hit(entry, terms) for entry in found[:PAGE_SIZE]],
        "previous": number - 1 if number > 1 else None,
        "next": number + 1 if len(found) > PAGE_SIZE and number < MOST_PAGES else None,
    }
    return render(request, "search/results.html", context)


def _hit(entry: SearchEntry, terms: list[str]) -> Hit:
    return Hit(
        entry=entry,
        kind=kind_of(entry.kind),
        title=marked(entry.title, terms),
        subtitle=marked(entry.subtitle, terms),
    )


def _page(request: HttpRequest) -> int:
    text = request.GET.get("page", "1")
    return min(max(int(text), 1), MOST_PAGES) if text.isascii() and text.isdecimal() and len(text) < 6 else 1
