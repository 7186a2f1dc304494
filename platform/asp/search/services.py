"""Search's public door: what can be found is written by the service that changes it."""

import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib.postgres.fields import ArrayField
from django.db import models, transaction
from django.db.models import Func, QuerySet, Value
from django.utils import timezone

from asp.accounts.subjects import Subject, subjects_of
from asp.jobs.values import clean_text
from asp.search import segment
from asp.search.models import SearchEntry

if TYPE_CHECKING:
    from asp.accounts.models import Account

TITLE_MAX = 500
# Common words match tens of thousands of rows; the newest so many of them are looked at.
MOST_RANKED = 2000
BATCH = 500
FIELDS = ["title", "subtitle", "url_path", "subjects", "words", "changed_at"]


@dataclass(frozen=True, slots=True)
class Indexed:
    """One thing as the index keeps it; `kind` and `id` name it, `subjects` may find it."""

    kind: str
    id: uuid.UUID
    title: str
    url_path: str
    subjects: Iterable[Subject]
    subtitle: str = ""


@transaction.atomic(savepoint=False)
def entry_put(
    *,
    kind: str,
    id: uuid.UUID,
    title: str,
    url_path: str,
    subjects: Iterable[Subject],
    subtitle: str = "",
) -> None:
    """Let `subjects` find a thing, in the transaction that changes it; replaces what was known of it."""
    entries_put(
        [Indexed(kind=kind, id=id, title=title, subtitle=subtitle, url_path=url_path, subjects=subjects)]
    )


@transaction.atomic(savepoint=False)
def entries_put(things: Sequence[Indexed]) -> None:
    """The same for many things at once; one of each key."""
    now = timezone.now()
    rows = [
        SearchEntry(
            kind=thing.kind,
            object_id=thing.id,
            title=clean_text(thing.title)[:TITLE_MAX],
            subtitle=clean_text(thing.subtitle)[:TITLE_MAX],
            url_path=thing.url_path,
            subjects=sorted({subject.key for subject in thing.subjects}),
            words=_vector(segment.index_words(thing.title, thing.subtitle)),
            changed_at=now,
        )
        for thing in things
    ]
    SearchEntry.objects.bulk_create(
        rows,
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["kind", "object_id"],
        update_fields=FIELDS,
    )


@transaction.atomic(savepoint=False)
def entry_remove(*, kind: str, id: uuid.UUID) -> None:
    """Let nobody find a thing any more."""
    SearchEntry.objects.filter(kind=kind, object_id=id).delete()


@transaction.atomic(savepoint=False)
def entries_remove(*, kind: str, ids: Collection[uuid.UUID]) -> None:
    """The same for many things of one kind."""
    SearchEntry.objects.filter(kind=kind, object_id__in=ids).delete()


@transaction.atomic(savepoint=False)
def subjects_set(*, kind: str, ids: Collection[uuid.UUID], subjects: Iterable[Subject]) -> None:
    """Change who may find things, for instance everything below a folder that was shared."""
    keys = sorted({subject.key for subject in subjects})
    SearchEntry.objects.filter(kind=kind, object_id__in=ids).update(subjects=keys)


def search(
    *,
    account: "Account",
    query: str,
    kinds: Collection[str] | None = None,
    limit: int = 20,
    offset: int = 0,
) -> list[SearchEntry]:
    """Return what `account` may see and `query` names, best first, at most `limit`.

    A title that is the query comes first, then titles that begin with it, then those that contain it,
    then the rest; within each, what changed last. An empty query finds nothing.
    """
    found = matching(account=account, query=query)
    if kinds is not None:
        found = found.filter(kind__in=kinds)
    newest = found.order_by("-changed_at").values("id")[:MOST_RANKED]
    text = clean_text(segment.normalise(query)).strip()
    ranked = (
        SearchEntry.objects.filter(id__in=newest)
        .annotate(
            place=models.Case(
                models.When(title__iexact=text, then=0),
                models.When(title__istartswith=text, then=1),
                models.When(title__icontains=text, then=2),
                default=3,
                output_field=models.IntegerField(),
            ),
        )
        .order_by("place", "-changed_at", "id")
    )
    return list(ranked[offset : offset + limit])


def counts(*, account: "Account", query: str) -> dict[str, int]:
    """Return how many things of each kind a search finds."""
    rows = (
        matching(account=account, query=query).order_by().values_list("kind").annotate(n=models.Count("id"))
    )
    return dict(rows)


def matching(*, account: "Account", query: str) -> QuerySet[SearchEntry]:
    """Return the entries that `account` may see and that contain every word of `query`."""
    keys = [subject.key for subject in subjects_of(account)]
    expression = segment.query_expression(query)
    if not expression or not keys:
        return SearchEntry.objects.none()
    wanted = Func(Value(expression), template="%(expressions)s::tsquery", output_field=models.TextField())
    return SearchEntry.objects.filter(subjects__overlap=keys).filter(_Matches(models.F("words"), wanted))


class _Matches(Func):
    """`words @@ query`, without a text search configuration: the words are ours."""

    function = ""
    template = "(%(expressions)s)"
    arg_joiner = " @@ "
    output_field = models.BooleanField()


def _vector(words: list[str]) -> Func:
    array = Value(words, output_field=ArrayField(models.TextField()))
    return Func(array, function="array_to_tsvector", template="%(function)s(%(expressions)s::text[])")
