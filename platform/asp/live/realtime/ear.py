"""The one connection to Valkey on which all events of this installation arrive."""

import asyncio
import logging
import random
from typing import Any

import redis.asyncio
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from asp.live import wire
from asp.live.realtime.hub import Hub

log = logging.getLogger(__name__)

PATIENCE = 2.0  # to connect, and for the answer to a ping
QUIET = 5.0  # after so long without an event, ask whether the connection lives
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 3.0


class Silent(ConnectionError):
    """Valkey does not answer on an open connection."""


async def listen(hub: Hub, url: str) -> None:
    """Hand every event to the hub, for ever; losses of the connection are told to it and waited out."""
    pause = FIRST_PAUSE
    while True:
        try:
            async for message in _messages(url):
                if message is None:
                    hub.heard_again()
                    pause = FIRST_PAUSE
                    continue
                try:
                    hub.deliver(*wire.unpack(message))
                except wire.Unreadable:
                    log.warning("a message on the channel of events is not ours")
        except (redis.RedisError, OSError) as error:
            if hub.is_hearing or pause == FIRST_PAUSE:
                log.warning("no events from Valkey: %s", error)
        hub.deaf()
        await asyncio.sleep(pause * random.uniform(0.7, 1.3))
        pause = min(pause * 2, LONGEST_PAUSE)


async def _messages(url: str) -> Any:
    """Yield None when the channel is heard (again), then what arrives on it."""
    client = redis.asyncio.Redis.from_url(
        url,
        socket_connect_timeout=PATIENCE,
        socket_keepalive=True,
        retry=Retry(NoBackoff(), 0),
    )
    try:
        async with client.pubsub() as channel:
            await channel.subscribe(wire.channel_of(url))
            asked = False
            while True:
                found = await channel.get_message(timeout=PATIENCE if asked else QUIET)
                if found is None:
                    if asked:
                        raise Silent("no answer to a ping")
                    await channel.ping()
                    asked = True
                    continue
                asked = False
                if found["type"] == "subscribe":
                    yield None
                elif found["type"] == "message":
                    yield found["data"]
    finally:
        await client.aclose()
