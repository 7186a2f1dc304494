"""What the pages of work share: who asks, and what was sent."""

import uuid
from collections.abc import Mapping

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect

from asp.accounts.models import Account

CHOSEN = "to."
# Pages let one type 4,000 characters; line ends count double on the way.
OPINION_LONGEST = 8000


def person(request: HttpRequest) -> Account:
    """The account behind the request; the views are for people who are signed in."""
    return request.user  # type: ignore[return-value]


def chosen_in(data: QueryDict) -> dict[str, list[uuid.UUID]]:
    """Who was chosen for which step: keys `to.<element>`, repeated. Raises Http404 for what is no key."""
    found: dict[str, list[uuid.UUID]] = {}
    for key in data:
        if key.startswith(CHOSEN):
            people = uuids(data.getlist(key))
            if people:
                found[key.removeprefix(CHOSEN)[:200]] = people
    return found


def uuids(texts: list[str]) -> list[uuid.UUID]:
    """Keys as they were sent. Raises Http404."""
    try:
        return [uuid.UUID(each) for each in dict.fromkeys(texts) if each]
    except ValueError:
        raise Http404 from None


def uuid_or_none(text: str | None) -> uuid.UUID | None:
    """One key, or None for anything else."""
    try:
        return uuid.UUID(text) if text else None
    except ValueError:
        return None


def number_or_none(text: str | None) -> int | None:
    """A revision as it was sent; None for anything else."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else None


def to_instance(instance_id: uuid.UUID, query: Mapping[str, str] | None = None) -> HttpResponse:
    """Back to the page of an instance."""
    response = redirect("workflow:instance", instance_id)
    if query:
        pairs = QueryDict(mutable=True)
        pairs.update(dict(query))
        response["Location"] += f"?{pairs.urlencode()}"
    return response
