"""The line (等候队列) before each queue: sites take turns, and none has more than its share under way.

dramatiq's queue is first in, first out: a thousand jobs of one bureau would stand before the single job of
another. So ids wait here, a list for each site and a ring of the sites, and only a few are let into the
queue. All of it is in Valkey and may be lost at any time; the sweep offers again what it finds open.

Each script is one atomic step, and lets in what there is room for: its answer are the (job, site) pairs
that now have to be put into the queue.
"""

from collections.abc import Iterable
from typing import Any

# In the queue or being worked on: enough for the threads of a few workers, few enough that whoever is
# let in starts soon. A site's share leaves one thread of the smallest worker to others.
MOST_UNDER_WAY = 12
MOST_OF_A_SITE = 3

_LET_IN = """
local function key(name) return KEYS[1] .. ':' .. name end
local found = {}
local function pass_along(share)
    local passed = 0
    while redis.call('HLEN', key('under_way')) < tonumber(ARGV[1]) and passed < redis.call('LLEN', key('ring')) do
        local site = redis.call('LPOP', key('ring'))
        local waiting = key('waiting:' .. site)
        passed = passed + 1
        if tonumber(redis.call('HGET', key('shares'), site) or '0') < share then
            local job = redis.call('LPOP', waiting)
            if job then
                redis.call('HINCRBY', key('shares'), site, 1)
                redis.call('HSET', key('under_way'), job, site)
                found[#found + 1] = job
                found[#found + 1] = site
                passed = 0
            end
        end
        if redis.call('LLEN', waiting) > 0 then
            redis.call('RPUSH', key('ring'), site)
        else
            redis.call('SREM', key('ringed'), site)
        end
    end
end
local function let_in()
    pass_along(1)  -- whoever has nothing under way comes first
    pass_along(tonumber(ARGV[2]))
    return found
end
"""

_OFFER = f"""{_LET_IN}
if redis.call('HEXISTS', key('known'), ARGV[3]) == 0 then
    redis.call('HSET', key('known'), ARGV[3], ARGV[4])
    redis.call('RPUSH', key('waiting:' .. ARGV[4]), ARGV[3])
    if redis.call('SADD', key('ringed'), ARGV[4]) == 1 then redis.call('RPUSH', key('ring'), ARGV[4]) end
end
return let_in()
"""

_ENDED = f"""{_LET_IN}
local site = redis.call('HGET', key('under_way'), ARGV[3])
if site then
    redis.call('HDEL', key('under_way'), ARGV[3])
    if redis.call('HINCRBY', key('shares'), site, -1) <= 0 then redis.call('HDEL', key('shares'), site) end
end
redis.call('HDEL', key('known'), ARGV[3])
return let_in()
"""

Entry = tuple[str, str]


def _key(queue: str) -> str:
    return f"line:{queue}"


def offer(client: Any, queue: str, job: str, site: str) -> list[Entry]:
    """Put a job into the line, unless it stands there already or is under way."""
    return _pairs(client.eval(_OFFER, 1, _key(queue), MOST_UNDER_WAY, MOST_OF_A_SITE, job, site))


def ended(client: Any, queue: str, job: str) -> list[Entry]:
    """A worker is done with a message of this job: its place is free."""
    return _pairs(client.eval(_ENDED, 1, _key(queue), MOST_UNDER_WAY, MOST_OF_A_SITE, job))


def is_known(client: Any, queue: str, job: str) -> bool:
    """Whether a job waits in the line or is under way, as far as Valkey remembers."""
    return bool(client.hexists(f"{_key(queue)}:known", job))


def under_way(client: Any, queue: str) -> list[bytes]:
    """The jobs that were let in, and no worker is done with."""
    return list(client.hkeys(f"{_key(queue)}:under_way"))


def waiting(client: Any, queue: str) -> int:
    """How many stand in the line and have not been let in."""
    key = _key(queue)
    return max(0, client.hlen(f"{key}:known") - client.hlen(f"{key}:under_way"))


def forget(client: Any, queues: Iterable[str]) -> None:
    """Empty the lines; for tests."""
    for queue in queues:
        for key in client.scan_iter(f"{_key(queue)}:*"):
            client.delete(key)


def _pairs(answer: Any) -> list[Entry]:
    texts = [each.decode() for each in answer]
    return list(zip(texts[::2], texts[1::2], strict=True))
