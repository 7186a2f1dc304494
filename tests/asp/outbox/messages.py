"""Messages that only tests send, and what their receivers write down."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from asp.audit.actor import Actor
from asp.audit.models import Entry
from asp.audit.services import record
from asp.outbox import addresses, consumers
from asp.outbox.consumers import Received, consumes
from asp.outbox.relay import takeover
from asp.outbox.relay.relay import Relay
from asp.outbox.services import message_send
from tenants.context import bureau_context, host_context
from tenants.site import BureauRef

NOTED = "audit.verified"  # any registered action: the parameters are what counts
KIND = "tests.noted.v1"


class Poison(Exception):
    """What a message that nobody can take raises."""


refused: set[str] = set()  # marks that the consumer refuses


@consumes("tests.noted", versions=(1, 2), scope="any")
def note(message: Received) -> None:
    """The effect: one entry of the receiver's log for each message."""
    mark = str(message.body["mark"])
    record(
        actor=Actor.system("tests"),
        action=NOTED,
        target_kind="tests.note",
        target_name=mark,
        params={"from": message.sender, "seq": message.seq, "sealed": 0},
    )
    if mark in refused:
        raise Poison(mark)


@contextmanager
def refusing(*marks: str) -> Iterator[None]:
    """Let the consumer refuse these."""
    refused.update(marks)
    try:
        yield
    finally:
        refused.difference_update(marks)


def address(where: BureauRef | None) -> str:
    return addresses.HOST if where is None else addresses.bureau(where.id)


@contextmanager
def on(where: BureauRef | None) -> Iterator[None]:
    with host_context() if where is None else bureau_context(where):
        yield


def send(sender: BureauRef | None, receiver: BureauRef | None, *marks: str) -> list[uuid.UUID]:
    """Send a message for each mark."""
    with on(sender):
        return [message_send(to=address(receiver), type=KIND, body={"mark": mark}).id for mark in marks]


def noted(where: BureauRef | None, sender: BureauRef | None) -> list[str]:
    """The marks that arrived from a sender, in the order of their effects."""
    with on(where):
        entries = Entry.objects.filter(target_kind="tests.note", params__contains={"from": address(sender)})
        return list(entries.order_by("id").values_list("target_name", flat=True))


def settle(*sites_: BureauRef | None, rounds: int = 60) -> None:
    """Let a relay work in this process until nothing is left to do for these senders now."""
    consumers.load()
    relay = Relay()
    mine = {each.id if each else None for each in sites_}
    for _round in range(rounds):
        if relay.work() and not any(each.bureau_id in mine for each in takeover.rung()):
            return
    raise AssertionError("the relay does not come to rest")
