"""The relay (转发): one loop that takes messages over and delivers them; pairs take turns."""

import datetime
import time

from django.db.models import F
from django.utils import timezone

from asp.jobs.loop import Loop
from asp.outbox import consumers
from asp.outbox.relay import takeover
from asp.outbox.relay.delivery import deliver
from asp.outbox.relay.models import Pair
from tenants.context import host_context

BUSY_PAUSE = 0.0
IDLE_PAUSE = 0.2
PAIRS_IN_A_ROUND = 50
# A round with much to deliver looks for what is new so often.
LONGEST_ROUND = 1.0
# Clocks are put right in smaller steps all the time.
SET_BACK_SECONDS = 5.0


class Relay(Loop):
    """Runs until `stop`; what it does not finish, its successor finds."""

    name = "relay"
    _started_at: float | None = None  # by the wall clock, as seen in the last round

    def prepare(self) -> None:
        consumers.load()

    def work(self) -> float:
        self._mind_the_clock()
        taken = sum(takeover.take_over(each) for each in takeover.rung())
        ready = _ready()
        delivered = self._deliver(ready)
        # Pairs that are held back come up now and then; behind a full list of them others may wait.
        return BUSY_PAUSE if taken or delivered or len(ready) == PAIRS_IN_A_ROUND else IDLE_PAUSE

    def _mind_the_clock(self) -> None:
        """What was to be looked at in a moment must not wait for an hour that comes twice."""
        now = timezone.now()
        started_at = now.timestamp() - time.monotonic()
        back = (self._started_at or started_at) - started_at
        if back > SET_BACK_SECONDS:
            with host_context():
                Pair.objects.filter(ready_at__gt=now).update(
                    ready_at=F("ready_at") - datetime.timedelta(seconds=back)
                )
        self._started_at = started_at

    def _deliver(self, pairs: list[Pair]) -> int:
        delivered, began = 0, time.monotonic()
        for pair in pairs:
            if self.is_stopping or time.monotonic() - began > LONGEST_ROUND:
                break
            delivered += deliver(pair)[1]
        return delivered


def _ready() -> list[Pair]:
    with host_context():
        pairs = Pair.objects.filter(ready_at__lte=timezone.now()).order_by(F("ready_at"), "id")
        return list(pairs[:PAIRS_IN_A_ROUND])


def wake(receiver: str) -> None:
    """Look at what waits for a receiver now rather than in a moment: it works again."""
    with host_context():
        Pair.objects.filter(receiver=receiver, ready_at__gt=timezone.now()).exclude(held="").update(
            ready_at=timezone.now() - datetime.timedelta(seconds=1)
        )
