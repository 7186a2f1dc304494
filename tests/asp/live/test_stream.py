"""From a commit to the bytes of a stream: the real application, the real Valkey."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import transaction

from asp.live import audiences, tickets, wire
from asp.live.realtime import ear
from asp.live.realtime.server import Realtime
from asp.live.services import publish
from tenants.context import bureau_context, current_site
from tenants.keys import uuid7

HOST = "office.localhost"
SESSION = "s" * 32


class Stream:
    """A browser's end of one stream."""

    def __init__(self) -> None:
        self.status = 0
        self.headers: dict[bytes, bytes] = {}
        self.text = ""
        self.gone = asyncio.Event()

    async def send(self, message) -> None:
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], dict(message["headers"])
        else:
            self.text += message["body"].decode()

    async def receive(self):
        await self.gone.wait()
        return {"type": "http.disconnect"}

    def events(self, name="change"):
        blocks = [block.split("\n") for block in self.text.split("\n\n")]
        return [json.loads(lines[1][6:]) for lines in blocks if lines[0] == f"event: {name}"]


async def until(is_so: Callable[[], object], seconds: float = 8) -> None:
    async with asyncio.timeout(seconds):
        while not is_so():
            await asyncio.sleep(0.01)


@asynccontextmanager
async def realtime():
    app = Realtime()
    listening = asyncio.create_task(ear.listen(app.hub, settings.ASP.redis_url))
    await until(lambda: app.hub.is_hearing)
    try:
        yield app
    finally:
        listening.cancel()
        with suppress(asyncio.CancelledError):
            await listening


@asynccontextmanager
async def opened(app: Realtime, token: str, **others: str):
    stream = Stream()
    headers = {
        "host": HOST,
        "cookie": f"{settings.SESSION_COOKIE_NAME}={SESSION}",
        "live-ticket": token,
    } | others
    scope = {
        "type": "http",
        "method": "GET",
        "path": "/live/stream",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }
    answering = asyncio.create_task(app(scope, stream.receive, stream.send))
    await until(lambda: stream.status)
    try:
        yield stream
    finally:
        stream.gone.set()
        await asyncio.wait_for(answering, 5)


def token_for(bureau, account):
    with bureau_context(bureau):
        heard = [audiences.account(account), audiences.everybody()]
        return tickets.issue(
            site=current_site().key, host=HOST, account=str(account), session_key=SESSION, audiences=heard
        )


def say(bureau, account=None, *, kind="job", id=None, roll_back=False):
    with bureau_context(bureau), suppress(ZeroDivisionError), transaction.atomic():
        to = audiences.everybody() if account is None else audiences.account(account)
        publish(kind=kind, id=id, version=1, to=[to])
        if roll_back:
            raise ZeroDivisionError


def told(test: Callable[..., Awaitable[None]], *arguments) -> None:
    asyncio.run(asyncio.wait_for(test(*arguments), 30))


@pytest.fixture
def aside():
    """Django's side runs on the test's thread pool, as in another process."""
    with ThreadPoolExecutor(1) as pool:
        yield lambda function, *args, **kwargs: sync_to_async(
            lambda: function(*args, **kwargs), thread_sensitive=False, executor=pool
        )()


def test_what_is_committed_is_told_and_nothing_else(bureau_a, bureau_b, aside):
    async def story() -> None:
        me, thing = uuid7(), uuid7()
        async with (
            realtime() as app,
            opened(app, token_for(bureau_a, me)) as mine,
            opened(app, token_for(bureau_b, me)) as theirs,
        ):
            await until(lambda: mine.events("hello") and theirs.events("hello"))
            await aside(say, bureau_a, me, id=uuid7(), roll_back=True)
            await aside(say, bureau_a, uuid7(), id=uuid7())
            await aside(say, bureau_a, me, id=thing)
            await until(lambda: mine.events())
            await aside(say, bureau_a, kind="notice")
            await until(lambda: len(mine.events()) == 2)
            await aside(say, bureau_b, kind="notice")
            await until(lambda: theirs.events())
            assert mine.events() == [
                {"kind": "job", "id": str(thing), "version": "1"},
                {"kind": "notice", "id": "", "version": "1"},
            ]
            # The canary of the other bureau: its stream knows nothing of this one.
            assert str(thing) not in theirs.text
            assert len(theirs.events()) == 1
            assert mine.headers[b"content-type"].startswith(b"text/event-stream")
            assert b"no-store" in mine.headers[b"cache-control"]

    told(story)


def test_without_a_ticket_there_is_no_stream(bureau_a):
    async def story() -> None:
        app = Realtime()
        good = token_for(bureau_a, uuid7())
        refused = [
            ("", {}),
            (good[:-3] + "abc", {}),
            (good, {"host": "other.localhost"}),
            (good, {"cookie": "none=1"}),
        ]
        for token, others in refused:
            async with opened(app, token, **others) as stream:
                assert stream.status == 403
        assert len(app.hub) == 0

    told(story)


def test_a_stream_that_ends_says_when_to_come_back(bureau_a):
    async def story() -> None:
        async with realtime() as app, opened(app, token_for(bureau_a, uuid7())) as stream:
            await until(lambda: stream.events("hello"))
            await app.hub.close(5)
            assert 500 <= stream.events("bye")[0]["again"] <= 5000

    told(story)


def test_pages_learn_that_nothing_is_heard(bureau_a, monkeypatch):
    async def story() -> None:
        async with realtime() as app, opened(app, token_for(bureau_a, uuid7())) as stream:
            await until(lambda: stream.events("hello"))
            app.hub.deaf()
            await until(lambda: stream.events("hearing"))
            app.hub.heard_again()
            await until(lambda: len(stream.events("hearing")) == 2)
            assert [each["hearing"] for each in stream.events("hearing")] == [False, True]

    told(story)


def test_a_message_that_is_not_ours_does_no_harm(bureau_a, aside):
    async def story() -> None:
        from tenants.observe import recent

        me = uuid7()
        url = settings.ASP.redis_url
        async with realtime() as app, opened(app, token_for(bureau_a, me)) as stream:
            for rubbish in ("", "{}", "[1]", '{"kind": "A b", "id": 1, "version": 1, "to": []}'):
                await aside(recent.client(url).publish, wire.channel_of(url), rubbish)
            await aside(say, bureau_a, me)
            await until(lambda: stream.events())
            assert len(stream.events()) == 1

    told(story)


def test_it_refuses_the_people_of_another_site(bureau_a, bureau_b):
    with bureau_context(bureau_b):
        theirs = audiences.everybody()
    with bureau_context(bureau_a), pytest.raises(ValueError, match="not of this site"):
        publish(kind="job", to=[theirs])


def test_work_goes_on_without_valkey(bureau_a, monkeypatch):
    import redis

    def refuse(*_args):
        raise redis.ConnectionError("away")

    monkeypatch.setattr("asp.live.services.recent.client", refuse)
    monkeypatch.setattr("asp.live.services._silent_until", [0.0])
    say(bureau_a, uuid7())
