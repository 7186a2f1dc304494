"""A function that stores deadlines, made up for tests: what the workflow engine will be."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

import pytest

from asp.workdays import Calendar, Changed, Clock, DeadlineMoved
from tenants import registry
from tenants.context import current_context
from tenants.keys import uuid7


@dataclass
class Item:
    """Open work with a deadline."""

    clock: Clock
    due: datetime | None
    id: uuid.UUID = field(default_factory=uuid7)


ITEMS: dict[str, list[Item]] = {}
CALLS: list[tuple[str, Changed]] = []


def put(clock: Clock, calendar: Calendar) -> Item:
    """Store work on the current site."""
    due = clock.due(calendar)
    item = Item(clock, due.at if due else None)
    ITEMS.setdefault(current_context().schema, []).append(item)
    return item


def recompute(*, calendar: Calendar, changed: Changed) -> Iterable[DeadlineMoved]:
    """What `Function.deadlines` names."""
    schema = current_context().schema
    CALLS.append((schema, changed))
    for item in ITEMS.get(schema, []):
        due = item.clock.due(calendar)
        new = due.at if due else None
        if new != item.due:
            yield DeadlineMoved(
                "library.test", item.id, item.due, new, provisional=bool(due and due.provisional)
            )
            item.due = new


def declare(patch: pytest.MonkeyPatch) -> None:
    """Let the function `library` store deadlines, for one test."""
    known = registry.by_code("library")
    assert known is not None
    made = replace(known, deadlines="tests.asp.workdays.sources.recompute")
    patch.setitem(registry._functions, "library", made)
    ITEMS.clear()
    CALLS.clear()
