"""The ASGI application: `GET /live/stream` for browsers, `GET /healthz` for the supervisor."""

import asyncio
import json
import logging
import os
import signal
from typing import Any

from django.conf import settings
from django.http.cookie import parse_cookie

from asp.live import tickets
from asp.live.realtime import ear, stream
from asp.live.realtime.hub import Hub, TooManyStreams
from asp.live.realtime.stream import Receive, Send
from asp.live.tickets import Ticket, TicketRefused
from tenants.observe import alive

log = logging.getLogger(__name__)

STREAM = "/live/stream"
TICKET_HEADER = b"live-ticket"
GOODBYE_SECONDS = 3.0


class Realtime:
    """One application for one event loop."""

    def __init__(self) -> None:
        self.hub = Hub()
        self._tasks: set[asyncio.Task[None]] = set()

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["type"] == "http":
            await self._answer(scope, receive, send)

    async def _answer(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["method"] not in ("GET", "HEAD"):
            await respond(send, 405)
        elif scope["path"] == "/healthz":
            await respond(
                send, 200, {"status": "ok", "streams": len(self.hub), "hearing": self.hub.is_hearing}
            )
        elif scope["path"] == STREAM:
            await self._stream(scope, receive, send)
        else:
            await respond(send, 404)

    async def _stream(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        try:
            ticket = ticket_of(dict(scope["headers"]))
            listener = self.hub.join(ticket)
        except TicketRefused as refused:
            log.info("refused a stream: ticket %s", refused)
            await respond(send, 403)
            return
        except TooManyStreams as many:
            log.warning("refused a stream: too many %s", many)
            await respond(send, 429 if many.of_one else 503, retry_after=60)
            return
        self._note()
        try:
            await stream.run(self.hub, listener, receive, send)
        finally:
            self.hub.leave(listener)
            self._note()

    def _note(self) -> None:
        alive.note("streams", len(self.hub))

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        while True:
            kind = (await receive())["type"]
            if kind == "lifespan.startup":
                self._begin()
                await send({"type": "lifespan.startup.complete"})
            else:
                await send({"type": "lifespan.shutdown.complete"})
                return

    def _begin(self) -> None:
        loop = asyncio.get_running_loop()
        # The server would wait for open streams to end by themselves. They are ended first; then the signal has
        # its usual effect.
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._spawn_end, number)
        self._spawn(ear.listen(self.hub, settings.ASP.redis_url))
        alive.start()

    def _spawn(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            # Without its ear this process is of no use: the supervisor starts another.
            log.error("the realtime process ends", exc_info=error)
            os.kill(os.getpid(), signal.SIGTERM)

    def _spawn_end(self, number: signal.Signals) -> None:
        if not self.hub.is_closing:
            self._spawn(self._end(number))

    async def _end(self, number: signal.Signals) -> None:
        await self.hub.close(GOODBYE_SECONDS)
        await asyncio.sleep(0.1)  # the last bytes are on their way
        asyncio.get_running_loop().remove_signal_handler(number)
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)


def ticket_of(headers: dict[bytes, bytes]) -> Ticket:
    """The ticket of a request that a page of the very site has made. Raises TicketRefused."""

    def text(name: bytes) -> str:
        return headers.get(name, b"").decode("latin-1")

    if text(b"sec-fetch-site") not in ("", "same-origin"):
        raise TicketRefused("shown by a page of another site")
    cookies = parse_cookie(text(b"cookie"))
    session_key = cookies.get(settings.SESSION_COOKIE_NAME, "")
    return tickets.read(text(TICKET_HEADER), host=text(b"host"), session_key=session_key)


async def respond(send: Send, status: int, content: Any = None, *, retry_after: int = 0) -> None:
    """A short answer."""
    body = b"" if content is None else json.dumps(content).encode()
    headers = [(b"content-type", b"application/json"), (b"cache-control", b"no-store")]
    headers.append((b"content-length", str(len(body)).encode()))
    if retry_after:
        headers.append((b"retry-after", str(retry_after).encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
