"""The baseline of messages: dramatiq and Valkey as they are, an actor that counts, no guarantee of anything.

`dramatiq bench.plain` runs it; `bench.ground` sends.
"""

import os
from typing import Any

import dramatiq
import redis
from dramatiq.brokers.redis import RedisBroker

COUNTER = "counted-by-the-plain-queue"
QUEUE = "plain"

_broker = RedisBroker(client=redis.Redis.from_url(os.environ["REDIS_URL"]), namespace="bench", middleware=[])
_broker.declare_queue(QUEUE)


def client() -> Any:
    """The counter's Valkey."""
    return _broker.client


def counted() -> int:
    """How many messages have been handled."""
    return int(client().get(COUNTER) or 0)


@dramatiq.actor(broker=_broker, queue_name=QUEUE)
def count() -> None:
    """What every message does."""
    client().incr(COUNTER)


broker = _broker
