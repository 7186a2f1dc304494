"""Which messages exist and who takes them. Modules are named by the functions' `consumers` declarations."""

import datetime
import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from threading import Lock
from typing import Any, Literal

from tenants import registry as functions
from tenants.site import Site

Scope = Literal["bureau", "host", "any"]
TYPE = re.compile(r"(?P<event>[a-z_]+\.[a-z_]+)\.v(?P<version>[1-9]\d?)\Z")


@dataclass(frozen=True, slots=True)
class Received:
    """A message as its consumer sees it. `sender` is the address that the relay read it at, not one that
    the message claims; `seq` counts the messages from that sender to this receiver."""

    id: uuid.UUID
    event: str
    version: int
    sender: str
    to: str
    seq: int
    subject: str
    body: Mapping[str, Any]
    occurred_at: datetime.datetime
    causation: uuid.UUID | None


Handler = Callable[[Received], None]


@dataclass(frozen=True, slots=True)
class Consumer:
    """Who takes one kind of message, in which versions, on which sites."""

    event: str
    versions: tuple[int, ...]
    scope: Scope
    handler: Handler

    def takes(self, version: int, site: Site) -> bool:
        """Whether this consumer understands the version and works on the site."""
        kind = "bureau" if site.bureau is not None else "host"
        return version in self.versions and self.scope in ("any", kind)


class NotUnderstoodError(LookupError):
    """No consumer here takes this message: it comes from newer code, or went astray."""


_consumers: dict[str, Consumer] = {}
_loaded = False
_lock = Lock()


def consumes(event: str, *, versions: tuple[int, ...] = (1,), scope: Scope) -> Callable[[Handler], Handler]:
    """Declare the consumer of `event` ("app.thing_done") for these versions of its body.

    It runs on the receiver's site, in the transaction that writes the inbox: whatever it writes happens
    exactly once. It may raise; the message is then tried again later. It does nothing outside the database.
    """

    def declare(handler: Handler) -> Handler:
        known = _consumers.get(event)
        if known is not None and _name(known.handler) != _name(handler):
            raise ValueError(f"two consumers of {event}")
        _consumers[event] = Consumer(event, versions, scope, handler)
        return handler

    return declare


def parse(type_: str) -> tuple[str, int]:
    """Return event and version of "app.event.v1"; raises ValueError."""
    match = TYPE.match(type_)
    if match is None:
        raise ValueError(f"not a message type: {type_!r}")
    return match["event"], int(match["version"])


def find(type_: str, site: Site) -> Consumer:
    """Return who takes a message of this type on `site`; raises NotUnderstoodError."""
    consumer = known(type_)
    if consumer is None or not consumer.takes(parse(type_)[1], site):
        raise NotUnderstoodError(type_)
    return consumer


def known(type_: str) -> Consumer | None:
    """Return the consumer of a type, whatever site and version; None if there is none at all."""
    load()
    return _consumers.get(parse(type_)[0])


def load() -> None:
    """Import every module that a function declares under `consumers`; once per process."""
    global _loaded
    if _loaded:
        return
    with _lock:
        for function in functions.functions():
            for module in function.consumers:
                import_module(module)
        _loaded = True


def _name(handler: Handler) -> tuple[str, str]:
    return handler.__module__, handler.__qualname__
