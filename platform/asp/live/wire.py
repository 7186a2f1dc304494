"""What travels from those who change something to the realtime process: one Valkey channel, small JSON."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass

from redis.connection import parse_url

KIND = re.compile(r"[a-z][a-z_.-]{0,39}")
LONGEST_ID = 64


@dataclass(frozen=True, slots=True)
class Event:
    """Something of `kind` has changed; never what is in it. `id` is empty where the kind alone says enough."""

    kind: str
    id: str = ""
    version: str = ""

    @property
    def key(self) -> str:
        """What an element of a page names to be told: `job:<id>`, `notification`."""
        return f"{self.kind}:{self.id}" if self.id else self.kind


class Unreadable(Exception):
    """A message on the channel that nobody of ours has written."""


def channel_of(url: str) -> str:
    """The channel of one installation. Valkey's channels know no databases, so the number is in the name."""
    return f"live:{parse_url(url).get('db', 0)}"


def pack(event: Event, to: Iterable[str]) -> str:
    """One message for the channel."""
    return json.dumps({"kind": event.kind, "id": event.id, "version": event.version, "to": sorted(set(to))})


def unpack(message: str | bytes) -> tuple[Event, list[str]]:
    """The event and its audiences. Raises Unreadable."""
    try:
        found = json.loads(message)
        event = Event(str(found["kind"]), str(found["id"]), str(found["version"]))
        to = [str(each) for each in found["to"]]
    except (ValueError, TypeError, KeyError) as error:
        raise Unreadable from error
    if not KIND.fullmatch(event.kind) or len(event.id) > LONGEST_ID:
        raise Unreadable
    return event, to
