"""Telling open pages that something has changed."""

import logging
import time
import uuid
from collections.abc import Iterable

import redis
from django.conf import settings
from django.db import transaction

from asp.live import audiences, wire
from tenants.observe import recent

log = logging.getLogger(__name__)

# After a failure nobody waits for Valkey again for so long; pages poll meanwhile.
SILENT_SECONDS = 3.0
_silent_until = [0.0]


def publish(*, kind: str, id: uuid.UUID | None = None, version: str | int = "", to: Iterable[str]) -> None:
    """Tell the pages of `to` (see `audiences`), once the transaction is committed, that `kind` (`id`) has changed.

    Only a hint: pages fetch what they show themselves, under their reader's rights. If Valkey does not answer,
    that is logged and nothing else; pages are told by the realtime process that they may have missed something.
    Raises ValueError for an audience of another site, or a kind that is no word.
    """
    targets = list(to)
    strangers = [each for each in targets if not audiences.is_here(each)]
    if strangers:
        raise ValueError(f"not of this site: {strangers}")
    if not wire.KIND.fullmatch(kind):
        raise ValueError(f"not a kind of event: {kind!r}")
    if targets:
        message = wire.pack(wire.Event(kind, str(id or ""), str(version)), targets)
        transaction.on_commit(lambda: _send(message), robust=True)


def _send(message: str) -> None:
    if time.monotonic() < _silent_until[0]:
        return
    url = settings.ASP.redis_url
    try:
        recent.client(url).publish(wire.channel_of(url), message)
    except (redis.RedisError, OSError) as error:
        _silent_until[0] = time.monotonic() + SILENT_SECONDS
        log.warning("pages were not told of a change: %s", error)
