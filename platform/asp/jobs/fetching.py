"""What workers take out of the queue: messages of our own shape, and nothing else.

dramatiq reads a message where it waits for the next one, so an unreadable one would stop the worker for seconds and
take genuine messages with it that were fetched together.
"""

import logging
from typing import Any

import dramatiq
from dramatiq.brokers.redis import RedisBroker

log = logging.getLogger(__name__)

UNREADABLE = (dramatiq.DecodeError, TypeError, ValueError, AttributeError, RecursionError)


class Broker(RedisBroker):
    """dramatiq's broker, which drops and logs what nobody of ours can have written."""

    def do_fetch(self, queue_name: str, prefetch: int) -> list[Any]:
        """Return at most `prefetch` messages that wait in a queue."""
        found: list[Any] = self._dispatch("fetch")(queue_name, prefetch)
        return [data for data in found if data is None or self._is_ours(queue_name, data)]

    def _is_ours(self, queue_name: str, data: bytes) -> bool:
        try:
            message: Any = dramatiq.Message.decode(data)
            # A message says its queue itself, and the signature covers what it says: it must lie there, too.
            ours = message.queue_name == queue_name and all(
                isinstance(value, kind)
                for value, kind in (
                    (message.actor_name, str),
                    (message.args, tuple | list),
                    (message.kwargs, dict),
                    (message.message_id, str),
                    (message.message_timestamp, int),
                    (message.options["redis_message_id"], str),
                )
            )
        except (*UNREADABLE, KeyError):
            ours = False
        if not ours:
            log.error("refused a message in queue %s that is none of ours (%s bytes)", queue_name, len(data))
            self._drop(queue_name, data)
        return ours

    def _drop(self, queue_name: str, data: bytes) -> None:
        """Forget a message, whatever its number: it cannot be asked for it."""
        for number, stored in self.client.hscan_iter(f"{self.namespace}:{queue_name}.msgs"):
            if stored == data:
                self.do_ack(queue_name, number)
