"""The to-do list (待办) of one person, and the lists beside it, a page at a time.

The number of statements is the same for five rows and for five thousand.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

from django.core.paginator import Page, Paginator
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from asp.accounts.models import Account
from office.workflow.models import Follow, Instance, ItemKind, ItemState, WorkItem
from office.workflow.selectors.access import items_of, visible, works_here
from office.workflow.selectors.catalogue import process_names
from office.workflow.selectors.rows import Row, grouped, instance_rows, item_rows, source_label

PAGE_SIZE = 50
OPEN, READ, DONE, STARTED, FOLLOWED, DELEGATED = "open", "read", "done", "started", "followed", "delegated"
TABS: Final[dict[str, str | Promise]] = {
    OPEN: _("To do"),
    READ: _("To read"),
    DONE: pgettext_lazy("item", "Done"),
    STARTED: _("Started by me"),
    FOLLOWED: _("Followed"),
    DELEGATED: _("Delegated"),
}
LIGHTS: Final[dict[str, str | Promise]] = {"red": _("Overdue"), "yellow": _("Due soon")}
ITEM_FIELDS = (
    "id", "kind", "source", "url", "title", "step_name", "step_name_en", "from_name", "why", "urgent", "state",
    "arrived_at", "read_at", "due_at", "yellow_at", "done_at", "outcome", "account_id",
    "account__name", "account__name_en", "for_account__name", "for_account__name_en",
    "instance__state", "instance__number", "instance__process__name", "instance__process__name_en",
)  # fmt: skip
INSTANCE_FIELDS = (
    "id", "number", "title", "state", "outcome", "starter_name", "created_at", "ended_at",
    "process__name", "process__name_en",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of which list is asked for; the state of the page lies in its address."""

    tab: str = OPEN
    source: str = ""
    process: uuid.UUID | None = None
    text: str = ""
    light: str = ""

    @classmethod
    def of(cls, query: Mapping[str, Any], tab: str = OPEN) -> "Wanted":
        """Read it from an address; what is not understood is left out."""
        light = str(query.get("light", ""))
        return cls(
            tab=tab if tab in TABS else OPEN,
            source=str(query.get("source", ""))[:60],
            process=_uuid(query.get("process")),
            text=str(query.get("q", "")).strip()[:100],
            light=light if light in LIGHTS else "",
        )

    @property
    def is_narrow(self) -> bool:
        """Whether something is left out."""
        return bool(self.source or self.process or self.text or self.light)


@dataclass(frozen=True, slots=True)
class Figure:
    """How much of one source waits for somebody."""

    code: str
    label: str
    count: int


@dataclass(frozen=True)
class Counts:
    """What waits for one person."""

    open: int = 0
    late: int = 0
    soon: int = 0
    read: int = 0
    sources: list[Figure] = field(default_factory=list)
    processes: list[Figure] = field(default_factory=list)


@dataclass(frozen=True)
class Listing:
    """A page of a list: `groups` are rows under their headings (one without a heading where there are none)."""

    page: "Page[Any]"
    groups: list[tuple[str, list[Row]]]

    @cached_property
    def rows(self) -> list[Row]:
        """Without the headings."""
        return [row for _heading, rows in self.groups for row in rows]


def counts_for(account: Account) -> Counts:
    """What waits for `account`, by source and process. Two statements."""
    now = timezone.now()
    rows = (
        items_of(account)
        .filter(state=ItemState.OPEN)
        .order_by()
        .values_list("source", "kind", "instance__process_id")
        .annotate(
            n=Count("pk"),
            late=Count("pk", filter=Q(due_at__lte=now)),
            soon=Count("pk", filter=Q(yellow_at__lte=now, due_at__gt=now)),
        )
    )
    found = list(rows)
    todo = [each for each in found if each[1] != ItemKind.READ]
    sources: dict[str, int] = {}
    processes: dict[uuid.UUID, int] = {}
    for source, _kind, process, n, _late, _soon in todo:
        sources[source] = sources.get(source, 0) + n
        if process is not None:
            processes[process] = processes.get(process, 0) + n
    names = process_names(processes) if processes else {}
    return Counts(
        open=sum(each[3] for each in todo),
        late=sum(each[4] for each in todo),
        soon=sum(each[5] for each in todo),
        read=sum(each[3] for each in found if each[1] == ItemKind.READ),
        sources=_figures({code: (source_label(code), n) for code, n in sources.items()}),
        processes=_figures({str(key): (names.get(key, "–"), n) for key, n in processes.items()}),
    )


def waiting_for(account: Account) -> tuple[int, int]:
    """How many things wait for `account`, and how many of them are overdue. One statement, for the mark in the rail."""
    found = (
        items_of(account)
        .filter(state=ItemState.OPEN)
        .exclude(kind=ItemKind.READ)
        .aggregate(n=Count("pk"), late=Count("pk", filter=Q(due_at__lte=timezone.now())))
    )
    return found["n"], found["late"]


def listing_for(
    account: Account, wanted: Wanted, number: Any = 1, *, counts: Counts | None = None
) -> Listing:
    """The page `number` of a list; what was counted just now need not be counted again."""
    if wanted.tab in (STARTED, FOLLOWED):
        found = Paginator(_instances(account, wanted), PAGE_SIZE).get_page(number)
        return Listing(found, [("", instance_rows(list(found.object_list)))])
    paginator = Paginator(_items(account, wanted), PAGE_SIZE)
    if counts is not None and wanted.tab in (OPEN, READ) and not wanted.is_narrow:
        paginator.__dict__["count"] = counts.open if wanted.tab == OPEN else counts.read
    page = paginator.get_page(number)
    rows = item_rows(list(page.object_list), account)
    return Listing(page, grouped(rows) if wanted.tab == OPEN else [("", rows)])


def first_rows(account: Account, limit: int) -> list[Row]:
    """What is due soonest, for the workbench."""
    return item_rows(list(_items(account, Wanted())[:limit]), account)


# ----- items


def _items(account: Account, wanted: Wanted) -> "QuerySet[WorkItem]":
    rows = items_of(account)
    order: tuple[str, ...] = ("due_at", "id")
    if wanted.tab == READ:
        rows, order = rows.filter(state=ItemState.OPEN, kind=ItemKind.READ), ("-id",)
    elif wanted.tab == DONE:
        rows, order = rows.filter(state__in=(ItemState.DONE, ItemState.PASSED)), ("-done_at", "-id")
    elif wanted.tab == DELEGATED:
        rows, order = _delegated(account), ("-id",)
    else:
        rows = rows.filter(state=ItemState.OPEN).exclude(kind=ItemKind.READ)
    if wanted.source:
        rows = rows.filter(source=wanted.source)
    if wanted.process is not None:
        rows = rows.filter(instance__process=wanted.process)
    if wanted.text:
        rows = rows.filter(
            Q(title__icontains=wanted.text)
            | Q(from_name__icontains=wanted.text)
            | Q(step_name__icontains=wanted.text)
        )
    rows = _lit(rows, wanted.light)
    return (
        rows.select_related("account", "for_account", "instance__process").only(*ITEM_FIELDS).order_by(*order)
    )


def _lit(rows: "QuerySet[WorkItem]", light: str) -> "QuerySet[WorkItem]":
    now = timezone.now()
    if light == "red":
        return rows.filter(due_at__lte=now)
    if light == "yellow":
        return rows.filter(yellow_at__lte=now, due_at__gt=now)
    return rows


def _delegated(account: Account) -> "QuerySet[WorkItem]":
    """What somebody else has in my place, and what I have in somebody's."""
    if not works_here(account):
        return WorkItem.objects.none()
    own = Q(state=ItemState.OPEN) | Q(state__in=(ItemState.DONE, ItemState.PASSED))
    mine = Q(account=account, for_account__isnull=False) & own
    return WorkItem.objects.filter(Q(for_account=account) | mine, why="absence")


# ----- instances


def _instances(account: Account, wanted: Wanted) -> "QuerySet[Instance]":
    if not works_here(account):
        return Instance.objects.none()
    if wanted.tab == FOLLOWED:
        follows = Follow.objects.filter(account=account, instance=OuterRef("pk"))
        rows = Instance.objects.filter(Exists(follows)).filter(visible(account))
    else:
        rows = Instance.objects.filter(starter=account)
    if wanted.process is not None:
        rows = rows.filter(process=wanted.process)
    if wanted.text:
        rows = rows.filter(Q(title__icontains=wanted.text) | Q(process__name__icontains=wanted.text))
    return rows.select_related("process").only(*INSTANCE_FIELDS).order_by("-id")


def _figures(found: dict[str, tuple[str, int]]) -> list[Figure]:
    figures = [Figure(code, label, n) for code, (label, n) in found.items()]
    return sorted(figures, key=lambda each: (-each.count, each.label))


def _uuid(text: Any) -> uuid.UUID | None:
    try:
        return uuid.UUID(str(text)) if text else None
    except ValueError:
        return None
