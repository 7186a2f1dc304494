"""The outbox's public door: `message_send`, in the transaction of the change that it tells of."""

import uuid
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from asp.audit.canonical import canonical
from asp.jobs import sites
from asp.jobs.values import jsonable
from asp.outbox import addresses, consumers
from asp.outbox.models import OutMessage
from tenants import doorbell

LARGEST_BODY = 64 * 1024


@transaction.atomic(savepoint=False)
def message_send(
    *,
    to: str,
    type: str,  # noqa: A002 - the word of the envelope
    body: Mapping[str, Any],
    subject: str = "",
    causation: uuid.UUID | None = None,
) -> OutMessage:
    """Write a message (消息) from the current site to another, in the current transaction.

    `to` is `addresses.HOST` or `addresses.bureau(id)`; `type` is "app.event.v1" of a declared consumer;
    `body` holds JSON of at most 64 KiB: ids and facts, files go by reference; `causation` is the message
    that led to this one. Messages of one sender to one receiver arrive in the order of their commits.
    Raises ValueError for an unknown type, an address that is none or one's own, a body that is too large.
    """
    addresses.bureau_id_of(to)
    if to == sites.current_key():
        raise ValueError("a site does not send messages to itself")
    if consumers.known(type) is None:
        raise ValueError(f"nobody takes messages of type {type}")
    content = jsonable(dict(body))
    if len(canonical(content)) > LARGEST_BODY:
        raise ValueError(f"a message of type {type} is larger than {LARGEST_BODY} bytes")
    message = OutMessage(to=to, type=type, subject=subject[:200], body=content, causation=causation)
    message.save(force_insert=True)
    doorbell.ring("outbox", message.id)
    return message
