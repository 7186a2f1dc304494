"""What functions and this app tell each other about open deadlines; see the package's docstring."""

import datetime
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

from asp.workdays.arithmetic.calendar import Calendar
from asp.workdays.arithmetic.hours import SHANGHAI
from tenants import registry
from tenants.context import current_site


@dataclass(frozen=True, slots=True)
class Changed:
    """The days about which the calendar says something else now, first and last included."""

    first: datetime.date
    last: datetime.date

    @property
    def begins(self) -> datetime.datetime:
        """The first instant of the first day: what was due before that stays."""
        return datetime.datetime.combine(self.first, datetime.time.min, tzinfo=SHANGHAI)

    @classmethod
    def over(cls, spans: "Iterable[Changed]") -> "Changed":
        """The span that holds all of them; at least one."""
        spans = list(spans)
        return cls(min(each.first for each in spans), max(each.last for each in spans))


@dataclass(frozen=True, slots=True)
class DeadlineMoved:
    """An open deadline that is due at another time now. `kind` is `function.thing`; None: no end is known."""

    kind: str
    object_id: uuid.UUID
    old: datetime.datetime | None
    new: datetime.datetime | None
    provisional: bool = False


class Recompute(Protocol):
    """What `Function.deadlines` names."""

    def __call__(self, *, calendar: Calendar, changed: Changed) -> Iterable[DeadlineMoved]: ...


def sources() -> list[tuple[str, Callable[..., Iterable[DeadlineMoved]]]]:
    """Return the functions of the current site that store deadlines, with what recomputes them.

    Optional ones that are switched off too: their open work still has its deadlines.
    """
    kind = current_site().kind
    found = []
    for function in registry.functions():
        recompute = function.step("deadlines") if kind in function.sites else None
        if recompute is not None:
            found.append((function.code, recompute))
    return found
