"""The lists of the file centre, a page at a time. The number of queries does not grow with the rows."""

from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Exists, F, OuterRef, QuerySet, Subquery

from asp.accounts.models import Account
from asp.blobs.models import Blob
from office.library.models import Access, Cabinet, CabinetKind, Level, Node, NodeKind, NodeQuerySet
from office.library.selectors.access import grants_for, level_of, reached
from office.library.selectors.labels import places_of
from office.library.selectors.usage import recent_for

PAGE_SIZE = 100
RECENT_SIZE = 50
SORTS = {
    "name": ("kind", "sort_key", "id"),
    "-name": ("kind", "-sort_key", "-id"),
    "modified": ("kind", "modified_at", "id"),
    "-modified": ("kind", "-modified_at", "-id"),
    "size": ("kind", "size", "sort_key"),
    "-size": ("kind", "-size", "sort_key"),
}
DEFAULT_SORT = "name"


def children_page(folder: Node, *, sort: str = DEFAULT_SORT, number: str | int | None = 1) -> "Page[Node]":
    """Return one page of what lies in `folder`, folders first, with `modifier`, `shared` and `blob_state` set."""
    rows = dressed(Node.objects.live().filter(parent=folder))
    order = SORTS.get(sort, SORTS[DEFAULT_SORT])
    return Paginator(rows.order_by(*order), PAGE_SIZE).get_page(number)


def subfolders(folder: Node) -> list[Node]:
    """The folders in `folder`, for choosing where to move to."""
    return list(Node.objects.live().filter(parent=folder, kind=NodeKind.FOLDER).order_by("sort_key")[:1000])


def shared_page(account: Account, *, number: str | int | None = 1) -> "Page[Node]":
    """Return a page of what others have shared with `account` (共享给我), newest first, with `place` set.

    What lies in a cabinet that is open to the person as a whole is not in it: one gets there by the tree.
    """
    grants = grants_for(account)
    whole = Cabinet.objects.filter(pk__in=grants.keys()).values("pk")
    rows = dressed(
        Node.objects.live().filter(pk__in=grants.keys(), parent__isnull=False).exclude(cabinet__in=whole)
    )
    newest = Access.objects.filter(node=OuterRef("pk")).order_by("-id").values("granted_at")[:1]
    rows = rows.select_related("cabinet").annotate(shared_at=Subquery(newest))
    page = Paginator(rows.order_by("-shared_at", "id"), PAGE_SIZE).get_page(number)
    return placed(account, page)


def recent_page(account: Account) -> "Page[Node]":
    """Return the files that `account` used last, with `place` set."""
    nodes = recent_for(account, RECENT_SIZE)
    return placed(account, Paginator(_dress(nodes), RECENT_SIZE).page(1))


def trash_page(account: Account, *, number: str | int | None = 1) -> "Page[Node]":
    """Return a page of the trash (回收站): what lay where `account` may edit, newest first."""
    rows = dressed(trash_for(account)).select_related("cabinet").annotate(trasher=_name_of("trashed_by"))
    page = placed(account, Paginator(rows.order_by("-trashed_at", "id"), PAGE_SIZE).get_page(number))
    for node in page.object_list:
        node.level = level_of(account, node)  # type: ignore[attr-defined]
    return page


def trash_for(account: Account, *, level: int = Level.EDIT) -> NodeQuerySet:
    """The things in the trash that `account` may put back."""
    return Node.objects.filter(reached(account, level=level), trash_id=F("pk"), erasing=False)


def dressed(rows: NodeQuerySet) -> NodeQuerySet:
    """Add what a row shows: who changed it, whether it is shared, whether its content is ready."""
    return rows.annotate(
        modifier=_name_of("modified_by"),
        shared=Exists(Access.objects.filter(node=OuterRef("pk"))),
        blob_state=Subquery(Blob.objects.filter(pk=OuterRef("blob_id")).values("state")[:1]),
    )


def placed(account: Account, page: "Page[Any]") -> "Page[Node]":
    """Set `place` on the nodes of a page."""
    nodes = list(page.object_list)
    places = places_of(account, nodes)
    for node in nodes:
        node.place = places[node.pk]  # type: ignore[attr-defined]
    page.object_list = nodes
    return page


def _dress(nodes: list[Node]) -> list[Node]:
    extra = {node.pk: node for node in dressed(Node.objects.filter(pk__in=[node.pk for node in nodes]))}
    for node in nodes:
        more = extra.get(node.pk)
        for name in ("modifier", "shared", "blob_state"):
            setattr(node, name, getattr(more, name, None))
    return nodes


def _name_of(field: str) -> Subquery:
    people: QuerySet[Account] = Account.objects.filter(pk=OuterRef(field))
    return Subquery(people.order_by().values("name")[:1])


def cabinets_for(account: Account) -> list[Cabinet]:
    """The cabinets that `account` may look into as a whole."""
    kinds = {CabinetKind.PERSONAL: 0, CabinetKind.DEPARTMENT: 1, CabinetKind.UNIT: 2}
    found = Cabinet.objects.filter(pk__in=grants_for(account).keys())
    return sorted(found, key=lambda cabinet: kinds[CabinetKind(cabinet.kind)])
