"""Who listens, and what waits for each of them. Used from one event loop only."""

import asyncio
import time
from collections import Counter, defaultdict, deque
from collections.abc import Iterable
from enum import StrEnum

from asp.live.tickets import Ticket
from asp.live.wire import Event

MOST_STREAMS = 4000
MOST_OF_ONE = 20  # of one person: as many browsers
MOST_WAITING = 256  # different things that a stream has not taken yet
# Between the answer that shows a part and the stream that watches over it some time passes: what happened
# meanwhile is told again.
RECALL_SECONDS = 10.0
MOST_RECALLED = 5000


class End(StrEnum):
    """Why a stream is over."""

    GONE = "gone"  # the browser has left
    SLOW = "slow"  # it does not take what is sent
    STOPPING = "stopping"  # this process ends


class TooManyStreams(Exception):
    """No further stream: `of_one` if this person has enough, else nobody gets one."""

    def __init__(self, *, of_one: bool) -> None:
        super().__init__("of one person" if of_one else "in all")
        self.of_one = of_one


class Listener:
    """One open stream. What waits is kept by key: a later event takes the place of an earlier one."""

    def __init__(self, ticket: Ticket) -> None:
        self.ticket = ticket
        self.woken = asyncio.Event()
        self.ended = asyncio.Event()
        self.end_reason: End | None = None
        self.hearing: bool | None = None  # to be told that nothing is heard, or is again
        self._waiting: dict[str, Event] = {}

    def put(self, event: Event) -> None:
        """Let an event wait for this stream."""
        self._waiting[event.key] = event
        if len(self._waiting) > MOST_WAITING:
            self.end(End.SLOW)
        self.woken.set()

    def take(self) -> list[Event]:
        """Everything that waits."""
        taken = list(self._waiting.values())
        self._waiting.clear()
        return taken

    def end(self, reason: End) -> None:
        """Close the stream; the first reason counts."""
        self.end_reason = self.end_reason or reason
        self.ended.set()
        self.woken.set()


class Hub:
    """All streams of this process, by audience."""

    def __init__(self, *, most: int = MOST_STREAMS, most_of_one: int = MOST_OF_ONE) -> None:
        self._most, self._most_of_one = most, most_of_one
        self._listeners: set[Listener] = set()
        self._by_audience: dict[str, set[Listener]] = defaultdict(set)
        self._of_person: Counter[tuple[str, str]] = Counter()
        self._recalled: deque[tuple[float, Event, list[str]]] = deque(maxlen=MOST_RECALLED)
        self._hearing_since: float | None = None
        self._empty = asyncio.Event()
        self._empty.set()
        self.is_closing = False

    def __len__(self) -> int:
        return len(self._listeners)

    @property
    def is_hearing(self) -> bool:
        """Whether events reach this process."""
        return self._hearing_since is not None

    def covers(self) -> float:
        """For how many seconds back a stream that begins now is told of everything."""
        if self._hearing_since is None:
            return 0.0
        now = time.monotonic()
        start = max(self._hearing_since, now - RECALL_SECONDS)
        if len(self._recalled) == MOST_RECALLED:
            start = max(start, self._recalled[0][0])
        return now - start

    def join(self, ticket: Ticket) -> Listener:
        """Begin a stream; what its audiences were told in the last seconds waits for it. Raises TooManyStreams."""
        person = (ticket.site, ticket.account)
        if self._of_person[person] >= self._most_of_one:
            raise TooManyStreams(of_one=True)
        if len(self._listeners) >= self._most or self.is_closing:
            raise TooManyStreams(of_one=False)
        listener = Listener(ticket)
        self._listeners.add(listener)
        self._empty.clear()
        self._of_person[person] += 1
        for audience in ticket.audiences:
            self._by_audience[audience].add(listener)
        heard = set(ticket.audiences)
        for at, event, to in self._recalled:
            if at >= time.monotonic() - RECALL_SECONDS and not heard.isdisjoint(to):
                listener.put(event)
        return listener

    def leave(self, listener: Listener) -> None:
        """Forget a stream."""
        self._listeners.discard(listener)
        for audience in listener.ticket.audiences:
            self._by_audience[audience].discard(listener)
            if not self._by_audience[audience]:
                del self._by_audience[audience]
        person = (listener.ticket.site, listener.ticket.account)
        self._of_person[person] -= 1
        if not self._of_person[person]:
            del self._of_person[person]
        if not self._listeners:
            self._empty.set()

    def deliver(self, event: Event, to: Iterable[str]) -> int:
        """Let an event wait for every stream of these audiences; return for how many."""
        audiences = list(to)
        now = time.monotonic()
        while self._recalled and self._recalled[0][0] < now - RECALL_SECONDS:
            self._recalled.popleft()
        self._recalled.append((now, event, audiences))
        found: set[Listener] = set()
        for audience in audiences:
            found |= self._by_audience.get(audience, set())
        for listener in found:
            listener.put(event)
        return len(found)

    def heard_again(self) -> None:
        """Events reach us from now on. What was before is unknown: every page looks for itself."""
        self._hearing_since = time.monotonic()
        self._recalled.clear()
        self._tell(True)

    def deaf(self) -> None:
        """Events do not reach us for the time being."""
        if self._hearing_since is not None:
            self._hearing_since = None
            self._tell(False)

    def _tell(self, hearing: bool) -> None:
        for listener in self._listeners:
            listener.hearing = hearing
            listener.woken.set()

    async def close(self, seconds: float) -> None:
        """End all streams and wait until they are written out, but not longer than so many seconds."""
        self.is_closing = True
        for listener in list(self._listeners):
            listener.end(End.STOPPING)
        try:
            async with asyncio.timeout(seconds):
                await self._empty.wait()
        except TimeoutError:
            return
