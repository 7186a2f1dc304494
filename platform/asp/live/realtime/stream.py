"""One event stream: what is written into it, how often, and when it ends."""

import asyncio
import json
import random
from collections.abc import Awaitable, Callable
from typing import Any

from asp.live.realtime.hub import End, Hub, Listener
from asp.live.wire import Event

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

HEARTBEAT = 15.0
# At most four times a second; what comes in between is told together.
PACE = 0.25
# After that a page needs a new ticket: whoever lost session or duty hears nothing more.
LIFE = (360.0, 540.0)
SEND_PATIENCE = 20.0
# When a restart ends all streams at once, their browsers come back spread over this time (milliseconds).
AGAIN = (500, 5000)
HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"private, no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"content-security-policy", b"default-src 'none'"),
    (b"x-accel-buffering", b"no"),
]


def said(name: str, content: Any) -> str:
    """One event in the form of server-sent events."""
    return f"event: {name}\ndata: {json.dumps(content, separators=(',', ':'))}\n\n"


def change(event: Event) -> str:
    """A change, as the page reads it."""
    return said("change", {"kind": event.kind, "id": event.id, "version": event.version})


async def run(hub: Hub, listener: Listener, receive: Receive, send: Send) -> End | None:
    """Write the stream of `listener` until it ends; give the reason, None if its time was up."""
    writing = asyncio.ensure_future(_write(hub, listener, send))
    watching = asyncio.ensure_future(_watch(listener, receive))
    ended = asyncio.ensure_future(listener.ended.wait())
    try:
        await asyncio.wait({writing, ended}, return_when=asyncio.FIRST_COMPLETED)
        if not writing.done() and listener.end_reason == End.STOPPING:
            # It says goodbye by itself.
            await asyncio.wait({writing}, timeout=1)
        return listener.end_reason
    finally:
        for task in (writing, watching, ended):
            task.cancel()
        await asyncio.gather(writing, watching, ended, return_exceptions=True)


async def _watch(listener: Listener, receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    listener.end(End.GONE)


async def _write(hub: Hub, listener: Listener, send: Send) -> None:
    loop = asyncio.get_running_loop()
    until = loop.time() + random.uniform(*LIFE)

    async def put(text: str, *, more: bool = True) -> None:
        async with asyncio.timeout(SEND_PATIENCE):
            await send({"type": "http.response.body", "body": text.encode(), "more_body": more})

    try:
        await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
        hello = said("hello", {"hearing": hub.is_hearing, "covers": round(hub.covers(), 1)})
        await put(f"retry: {again()}\n\n{hello}")
        while not listener.ended.is_set() and loop.time() < until:
            text = _news(listener)
            await put(text or await _wait(listener, until - loop.time()) or "")
            if text:
                await asyncio.sleep(PACE)
        await put(said("bye", {"again": again() if listener.end_reason else 0}), more=False)
    except TimeoutError:
        listener.end(End.SLOW)


def _news(listener: Listener) -> str:
    listener.woken.clear()
    told, listener.hearing = listener.hearing, None
    hearing = said("hearing", {"hearing": told}) if told is not None else ""
    return hearing + "".join(change(event) for event in listener.take())


async def _wait(listener: Listener, left: float) -> str:
    """Wait for news; a sign of life is returned if there are none for long."""
    try:
        async with asyncio.timeout(min(HEARTBEAT, max(left, 0.0))):
            await listener.woken.wait()
    except TimeoutError:
        return ": \n\n"
    return ""


def again() -> int:
    """After how many milliseconds to come back; another number for each."""
    return random.randint(*AGAIN)
