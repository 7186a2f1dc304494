"""Many things of the same kind, handled at once (批量办理): what can be, what cannot, and why."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext

from asp.accounts.models import Account
from asp.ui.text import localized
from office.workflow.desk.versions import version_of
from office.workflow.models import InstanceState, ItemKind, ItemState, WorkItem, large_of
from office.workflow.selectors.access import items_of
from office.workflow.selectors.form_access import needs_form

MOST = 100


@dataclass
class Batch:
    """Items of the same version and step, so that one answer means the same for all."""

    key: str
    process: str
    step: str
    kind: str
    outcomes: list[Any] = field(default_factory=list)
    items: list[WorkItem] = field(default_factory=list)

    @property
    def reads(self) -> bool:
        """Whether there is nothing to decide, only to have read."""
        return self.kind == ItemKind.READ


@dataclass(frozen=True, slots=True)
class Left:
    """An item that cannot be handled with others, and why."""

    item: WorkItem
    reason: str


def batches_of(account: Account, item_ids: Sequence[uuid.UUID]) -> tuple[list[Batch], list[Left]]:
    """Sort what was ticked into batches and what has to be looked at alone; keys that are not one's own are nothing."""
    rows = items_of(account).filter(pk__in=list(item_ids)[:MOST])
    rows = rows.select_related("step", "instance__process", "for_account").defer(
        "instance__values", "instance__state_data", *large_of(process="instance__process")
    )
    groups: dict[str, Batch] = {}
    left: list[Left] = []
    for item in rows.order_by("due_at", "id"):
        reason = _reason(item)
        if reason:
            left.append(Left(item, reason))
            continue
        key = key_of(item)
        if key not in groups:
            groups[key] = _begun(key, item)
        groups[key].items.append(item)
    return list(groups.values()), left


def key_of(item: WorkItem) -> str:
    """What items must share to be handled together."""
    if item.kind == ItemKind.READ or item.step is None or item.instance is None:
        return "read"
    return f"{item.instance.version_id}:{item.step.process}:{item.step.node}:{item.kind}"


def _begun(key: str, item: WorkItem) -> Batch:
    if key == "read":
        return Batch(key, "", gettext("To read"), ItemKind.READ)
    assert item.step is not None
    assert item.instance is not None
    node = version_of(item.instance.version_id).node(item.step.node, item.step.process)
    outcomes = list(node.step.outcomes) if node is not None and node.step and item.kind == ItemKind.DO else []
    return Batch(key, localized(item.instance.process), localized(item.step), item.kind, outcomes)


def _reason(item: WorkItem) -> str:
    if item.state != ItemState.OPEN:
        return gettext("It does not wait for you any more.")
    if item.instance is None:
        return gettext("It belongs to another function: open it there.")
    if item.instance.state != InstanceState.RUNNING:
        return gettext("It is not in progress.")
    if item.kind == ItemKind.DO and needs_form(version_of(item.instance.version_id), item):
        return gettext("This step has fields that must be filled in.")
    return ""
