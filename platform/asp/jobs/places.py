"""Places (占位) in the queues that nobody will give back: they are freed.

A job is under way from when it is let in until a worker is done with its message. A process that is killed between the
line and the queue leaves one without a message, and so does a worker that is done while Valkey does not answer. A few of
them would be all that a site may have under way, and none of its jobs would ever run again.
"""

import logging
import time

import redis

from asp.jobs import broker
from asp.jobs.registry import QUEUES

log = logging.getLogger(__name__)

LOOK = 2.0  # seconds; longer than any process takes from the line to the queue


class Places:
    """What the scheduler remembers of places without a message: only who was seen twice is given up."""

    def __init__(self) -> None:
        self._look_at = 0.0
        self._seen: dict[str, set[str]] = {queue: set() for queue in QUEUES}

    def step(self) -> int:
        """Free what has had no message for two looks; return how many places that were."""
        now = time.monotonic()
        if now < self._look_at:
            return 0
        self._look_at = now + LOOK
        try:
            return sum(self._look(queue) for queue in QUEUES)
        except (redis.RedisError, OSError) as error:
            log.warning("the queue does not answer: %s", error)
            return 0

    def _look(self, queue: str) -> int:
        found = broker.without_message(queue)
        stranded = found & self._seen[queue]
        self._seen[queue] = found - stranded
        for job in sorted(stranded):
            broker.place_free(job, queue)
            log.info("job %s had a place in %s, but no message: it is freed", job, queue)
        return len(stranded)
