"""Lines of the to-do list and of the lists beside it, ready to be shown."""

import datetime
import uuid
from dataclasses import dataclass, replace
from typing import Final

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from asp.accounts.models import Account
from asp.ui.text import localized
from asp.workdays import calendar_for_site
from office.workflow.duewords import HEADINGS, NEVER, DueMark, DueWords
from office.workflow.models import Instance, InstanceState, ItemKind, ItemState, WorkItem
from tenants.registry import by_code

OWN = "workflow"


@dataclass(frozen=True)
class Row:
    """A line of a list, ready to be shown."""

    id: uuid.UUID
    url: str
    title: str
    kind: str
    step: str
    person: str
    moment: datetime.datetime | None
    due: DueMark | None = None
    urgent: bool = False
    fresh: bool = False
    instead: str = ""  # for whom, or who stands in
    state: str = ""
    mark: str = "off"
    outcome: str = ""


def grouped(rows: list[Row]) -> list[tuple[str, list[Row]]]:
    """Rows under the heading of their deadline, in their order."""
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(row.due.group if row.due else NEVER, []).append(row)
    return [(str(HEADINGS[key]), each) for key, each in groups.items()]


def source_label(code: str) -> str:
    """What a source of to-do items is called: the function it belongs to."""
    if code == OWN:
        return pgettext("workflow", "Processes")
    function = by_code(code)
    return str(function.title) if function is not None else code


def item_rows(items: list[WorkItem], account: Account) -> list[Row]:
    """Items as lines; one statement for the calendar if any has a deadline."""
    words = DueWords(calendar_for_site(), timezone.now()) if any(each.due_at for each in items) else None
    return [_item_row(each, account, words) for each in items]


def _item_row(item: WorkItem, account: Account, words: DueWords | None) -> Row:
    instance = item.instance
    suspended = instance is not None and instance.state == InstanceState.SUSPENDED
    row = Row(
        id=item.pk,
        url=item.url or (f"/workflow/{item.instance_id}/" if item.instance_id else ""),
        title=item.title,
        kind=localized(instance.process) if instance is not None else source_label(item.source),
        step=localized(item, "step_name"),
        person=item.from_name,
        moment=item.arrived_at,
        urgent=item.urgent,
        instead=_instead(item, account),
    )
    if item.state == ItemState.OPEN:
        due = words.mark(item.due_at, item.yellow_at, suspended=suspended) if words else None
        return replace(row, due=due, fresh=item.read_at is None)
    text, mark = ITEM_STATES.get(item.state, ("", "off"))
    return replace(
        row, moment=item.done_at or item.arrived_at, state=str(text), mark=mark, outcome=item.outcome
    )


ITEM_STATES: Final[dict[str, tuple[str | Promise, str]]] = {
    ItemState.OPEN: (_("Open"), "busy"),
    ItemState.WAITING: (_("Not their turn yet"), "off"),
    ItemState.DONE: (pgettext_lazy("item", "Done"), "ok"),
    ItemState.PASSED: (_("Handed over"), "off"),
    ItemState.DROPPED: (_("No longer needed"), "off"),
}


def _instead(item: WorkItem, account: Account) -> str:
    """Somebody else's name that belongs to an item: for whom I do it, or who does it for me."""
    if item.for_account is None or item.why != "absence":
        return ""
    if item.for_account_id == account.pk:
        return gettext("by {name}").format(name=localized(item.account))
    return gettext("for {name}").format(name=localized(item.for_account))


def instance_rows(instances: list[Instance]) -> list[Row]:
    """Instances as lines, with where they are now. Two statements at most."""
    keys = [each.pk for each in instances if each.state in (InstanceState.RUNNING, InstanceState.SUSPENDED)]
    waiting: dict[uuid.UUID, list[WorkItem]] = {}
    if keys:
        rows = WorkItem.objects.filter(instance__in=keys, state=ItemState.OPEN).exclude(kind=ItemKind.READ)
        rows = rows.select_related("account").only(
            "instance_id",
            "step_name",
            "step_name_en",
            "due_at",
            "yellow_at",
            "account__name",
            "account__name_en",
        )
        for item in rows.order_by("due_at", "id"):
            waiting.setdefault(item.instance_id, []).append(item)  # type: ignore[arg-type]
    any_due = any(item.due_at for items in waiting.values() for item in items)
    words = DueWords(calendar_for_site(), timezone.now()) if any_due else None
    return [_instance_row(each, waiting.get(each.pk, []), words) for each in instances]


INSTANCE_MARKS: Final = {
    InstanceState.RUNNING: "busy",
    InstanceState.SUSPENDED: "warn",
    InstanceState.COMPLETED: "ok",
    InstanceState.CANCELLED: "off",
    InstanceState.REJECTED: "bad",
}


def _instance_row(instance: Instance, waiting: list[WorkItem], words: DueWords | None) -> Row:
    suspended = instance.state == InstanceState.SUSPENDED
    due = None
    if waiting and words is not None:
        due = words.mark(waiting[0].due_at, waiting[0].yellow_at, suspended=suspended)
    return Row(
        id=instance.pk,
        url=f"/workflow/{instance.pk}/",
        title=instance.title,
        kind=localized(instance.process),
        step=_joined(dict.fromkeys(localized(each, "step_name") for each in waiting)),
        person=_joined(dict.fromkeys(localized(each.account) for each in waiting)),
        moment=instance.ended_at or instance.created_at,
        due=due,
        state=str(InstanceState(instance.state).label),
        mark=INSTANCE_MARKS[InstanceState(instance.state)],
    )


def _joined(names: "dict[str, None]", most: int = 3) -> str:
    listed = list(names)
    text = gettext(", ").join(listed[:most])
    return f"{text} …" if len(listed) > most else text
