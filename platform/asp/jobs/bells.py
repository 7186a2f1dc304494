"""Who answers which kind of doorbell. Handlers are declared in the functions' job modules."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from asp.jobs import registry


@dataclass(frozen=True, slots=True)
class Bell:
    """One doorbell row: `ref` of `kind` in a bureau (None for the host) needs attention."""

    id: uuid.UUID
    bureau_id: uuid.UUID | None
    kind: str
    ref: uuid.UUID | None
    rung_at: datetime


@dataclass(frozen=True, slots=True)
class Answer:
    """What a handler has to say about the bells it was given.

    `finished` may be forgotten; the others come back after `again` seconds.
    """

    finished: frozenset[uuid.UUID]
    again: float = 0.0

    @classmethod
    def all(cls, bells: Sequence[Bell]) -> "Answer":
        """Everything is done."""
        return cls(frozenset(bell.id for bell in bells))

    @classmethod
    def later(cls, seconds: float) -> "Answer":
        """Nothing is done yet."""
        return cls(frozenset(), seconds)


Handler = Callable[[Sequence[Bell]], Answer]

_handlers: dict[str, Handler] = {}


def answers(kind: str) -> Callable[[Handler], Handler]:
    """Declare the handler for doorbells of `kind`. It runs in the scheduler, on the site that rang.

    It has to be quick: whatever takes longer than a moment belongs into a job that it starts.
    """

    def declare(handler: Handler) -> Handler:
        known = _handlers.get(kind)
        if known is not None and (known.__module__, known.__qualname__) != (
            handler.__module__,
            handler.__qualname__,
        ):
            raise ValueError(f"two handlers for doorbell {kind}")
        _handlers[kind] = handler
        return handler

    return declare


def handlers() -> dict[str, Handler]:
    """Return every declared handler by kind."""
    registry.load()
    return dict(_handlers)
