"""From a commit to an open page, with 200 pages open, through the front proxy. Part of `make bench AREA=ground`."""

import asyncio
import os
import random
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path

from django.conf import settings
from django.db import transaction

from asp.accounts.models import Account
from asp.audit.actor import Actor
from asp.jobs import job_start
from asp.live import audiences, tickets
from asp.live.services import publish
from bench.results import Results, percentile
from bench.stalls import SERVERS, Sender, Speaker
from provisioning.tasks import report_figures
from tenants.context import bureau_context, current_site
from tenants.keys import uuid7
from tenants.site import BureauRef
from tests.support.bureaus import open_bureau
from tests.support.client import SiteClient
from tests.support.people import Cast, people
from tests.support.stack import await_ready, site_of

PAGES = 200
EVENTS = 150
SESSION = "bench-session-of-one-browser-000"
PATIENCE = 20.0


class Streams:
    """Open event streams, read by a loop in a thread of its own."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Semaphore(0)
        self._listening: list[Future[None]] = []
        self.heard: dict[tuple[int, str], float] = {}
        self.news = threading.Condition()
        threading.Thread(target=self._loop.run_forever, daemon=True).start()

    def open(self, host: str, shown: list[str]) -> None:
        """Open one stream for each ticket and wait until all say hello."""
        for number, ticket in enumerate(shown):
            # Kept, because the loop itself holds its tasks weakly: one that nobody holds may be collected.
            self._listening.append(
                asyncio.run_coroutine_threadsafe(self._listen(number, host, ticket), self._loop)
            )
        for _ in shown:
            if not self._ready.acquire(timeout=PATIENCE):
                raise TimeoutError("not every stream was opened")

    def wait(self, wanted: set[tuple[int, str]]) -> float:
        """Wait until all of these have been heard; gives when the last was."""
        with self.news:
            if not self.news.wait_for(lambda: wanted <= self.heard.keys(), PATIENCE):
                raise TimeoutError("an event was not heard")
            return max(self.heard[each] for each in wanted)

    def close(self) -> None:
        """Break all streams off."""
        asyncio.run_coroutine_threadsafe(self._cancel(), self._loop).result(PATIENCE)
        self._loop.call_soon_threadsafe(self._loop.stop)

    async def _cancel(self) -> None:
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for each in others:
            each.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _listen(self, number: int, host: str, ticket: str) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        cookie = f"{settings.SESSION_COOKIE_NAME}={SESSION}"
        lines = ("GET /live/stream HTTP/1.1", f"Host: {host}", f"Cookie: {cookie}", f"Live-Ticket: {ticket}")
        writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
        async for line in reader:
            if line.startswith(b"event: hello"):
                self._ready.release()
            elif line.startswith(b'data: {"kind"'):
                mark = line.split(b'"id":"')[1].split(b'"')[0].decode()
                with self.news:
                    self.heard[number, mark] = time.perf_counter()
                    self.news.notify_all()


def live(results: Results) -> None:
    """Measure single events with the part that is fetched for them, and one event that all pages hear."""
    bureau = open_bureau()
    cast = people(bureau)
    host = f"{bureau.slug}.{settings.ASP.base_domain}"
    given = {name: os.environ[name] for name in SERVERS if name in os.environ}
    with tempfile.TemporaryDirectory() as folder, site_of(given, folder=Path(folder)) as site:
        site.supervisor.start([*site.programs.answering(), site.programs.realtime()])
        await_ready(site, 60)
        persons, shown = _tickets(bureau, host)
        streams = Streams(site.programs.port)
        try:
            streams.open(host, shown)
            part = _part_of(cast, Speaker(site.programs.port, host))
            seen, whole = _single(streams, bureau, persons, part)
            all_told = _broadcast(streams, bureau)
        finally:
            streams.close()
    results.add(f"live, commit to one of {PAGES} pages, p95", percentile(seen, 0.95), "s")
    results.at_most(
        f"live, commit to the part shown anew on one of {PAGES} pages, p95", percentile(whole, 0.95), "s", 1.0
    )
    results.add(f"live, commit until the last of {PAGES} pages is told, p95", percentile(all_told, 0.95), "s")


def _tickets(bureau: BureauRef, host: str) -> tuple[list[str], list[str]]:
    persons = [str(uuid7()) for _ in range(PAGES)]
    with bureau_context(bureau):
        shown = [
            tickets.issue(
                site=current_site().key,
                host=host,
                account=person,
                session_key=SESSION,
                audiences=[audiences.account(person), audiences.everybody()],
            )
            for person in persons
        ]
    return persons, shown


def _part_of(cast: Cast, speak: Speaker) -> Callable[[], None]:
    """What a page does when it is told: fetch the progress of a job."""
    clerk: Account = cast.clerk
    with bureau_context(cast.bureau):
        job = job_start(actor=Actor.of_account(clerk), job=report_figures)
    session = SiteClient(cast.bureau).login_as(clerk).cookies[settings.SESSION_COOKIE_NAME].value
    sender = Sender(f"{settings.SESSION_COOKIE_NAME}={session}", "")

    def fetch() -> None:
        speak.answer(sender, "GET", f"/jobs/{job.id}/progress/", {"X-Tb-Poll": "1"})

    fetch()
    return fetch


def _single(
    streams: Streams, bureau: BureauRef, persons: list[str], fetch: Callable[[], None]
) -> tuple[list[float], list[float]]:
    seen, whole = [], []
    for _ in range(EVENTS):
        number, mark = random.randrange(PAGES), uuid7()
        with bureau_context(bureau), transaction.atomic():
            publish(kind="job", id=mark, to=[audiences.account(persons[number])])
            began = time.perf_counter()
        seen.append(streams.wait({(number, str(mark))}) - began)
        fetch()
        whole.append(time.perf_counter() - began)
    return seen, whole


def _broadcast(streams: Streams, bureau: BureauRef) -> list[float]:
    took = []
    for _ in range(20):
        mark = uuid7()
        with bureau_context(bureau), transaction.atomic():
            publish(kind="job", id=mark, to=[audiences.everybody()])
            began = time.perf_counter()
        took.append(streams.wait({(number, str(mark)) for number in range(PAGES)}) - began)
    return took
