"""How often something happened lately, over all processes and machines: counters in Valkey that expire.

For health checks only. If Valkey does not answer, nothing is counted, and nobody waits.
"""

import time
from functools import cache

import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

MINUTES = 10  # one counter each
KEEP_SECONDS = 26 * 3600
TIMEOUT = 0.3
_silent_until = [0.0]


@cache
def client(url: str) -> redis.Redis:
    """A client that gives up soon and does not try again."""
    return redis.Redis.from_url(
        url,
        socket_timeout=TIMEOUT,
        socket_connect_timeout=TIMEOUT,
        retry=Retry(NoBackoff(), 0),
        decode_responses=True,
    )


def _key(what: str, slot: int) -> str:
    return f"h:recent:{what}:{slot}"


def count(what: str) -> None:
    """Count one occurrence of `what`."""
    if time.monotonic() < _silent_until[0]:
        return
    try:
        with client(settings.ASP.redis_url).pipeline() as pipe:
            key = _key(what, int(time.time() // (MINUTES * 60)))
            pipe.incr(key)
            pipe.expire(key, KEEP_SECONDS, nx=True)
            pipe.execute()
    except (redis.RedisError, OSError):
        _silent_until[0] = time.monotonic() + 10


def total(what: str, *, minutes: int) -> int:
    """Return how often `what` happened in the last `minutes`, rounded up to whole slots. Raises RedisError."""
    now = int(time.time() // (MINUTES * 60))
    slots = range(now - -(-minutes // MINUTES), now + 1)
    found = client(settings.ASP.redis_url).mget([_key(what, slot) for slot in slots])
    return sum(int(each or 0) for each in found)  # type: ignore[union-attr]
