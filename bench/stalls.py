"""Pages while 80 uploads stall, through the real front proxy. Part of `make bench AREA=ground`."""

import http.client
import os
import socket
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from bench.results import Results, median, percentile
from office.library.services.cabinets import cabinet_open_personal
from office.organization.services import Place, member_create
from tenants.context import bureau_context
from tenants.site import BureauRef
from tests.asp.blobs.support import metadata
from tests.support.bureaus import open_bureau
from tests.support.client import SiteClient
from tests.support.people import TESTER, activate, people
from tests.support.stack import await_ready, site_of

STALLED = 80
SENDERS = 20  # people who stall four uploads each
READERS = 4
PAGES = 400
SIZE = 2 * 1024 * 1024
SERVERS = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "S3_ENDPOINT_URL", "S3_BUCKET")


def stalls(results: Results) -> None:
    """Open pages without and with 80 uploads that have sent a part of their body and then nothing."""
    bureau = open_bureau()
    host = f"{bureau.slug}.{settings.ASP.base_domain}"
    senders = _senders(bureau)
    given = {name: os.environ[name] for name in SERVERS if name in os.environ}
    with tempfile.TemporaryDirectory() as folder, site_of(given, folder=Path(folder)) as site:
        site.supervisor.start(site.programs.answering())
        await_ready(site, 60)
        speak = Speaker(site.programs.port, host)
        _pages(speak, senders[0], PAGES // 4)  # everything is loaded once
        alone = _pages(speak, senders[0], PAGES)
        held = [speak.stall(senders[number % SENDERS]) for number in range(STALLED)]
        try:
            beside = _pages(speak, senders[0], PAGES)
            declared = [speak.timed(lambda each=each: speak.declare(each)) for each in senders]
        finally:
            for each in held:
                each.close()
    results.at_most(
        f"pages while {STALLED} uploads stall, p95",
        percentile(beside, 0.95) * 1000,
        "ms",
        500,
        baseline="the same pages without them",
        ratio=percentile(beside, 0.95) / percentile(alone, 0.95),
    )
    results.add(f"declaring an upload while {STALLED} stall, p50", median(declared) * 1000, "ms")


@dataclass(frozen=True)
class Sender:
    """A signed-in browser, and the folder of its own."""

    cookie: str
    folder: str


@dataclass(frozen=True)
class Speaker:
    """HTTP with the front proxy, as browsers of one office."""

    port: int
    host: str

    def answer(self, sender: Sender, method: str, path: str, headers: dict[str, str] | None = None) -> str:
        """Send one request; return the Location of its answer. Raises AssertionError for a failure."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request(method, path, headers={**self._headers(sender), **(headers or {})})
        response = connection.getresponse()
        response.read()
        connection.close()
        assert response.status in (200, 201), f"{method} {path}: {response.status}"
        return response.headers.get("Location", "")

    def declare(self, sender: Sender) -> str:
        """Declare an upload into the sender's own folder; return its address."""
        told = metadata(filename="stalled.bin", purpose="library.file", target=sender.folder)
        headers = {"Upload-Length": str(SIZE), "Upload-Metadata": told, "Content-Length": "0"}
        return self.answer(sender, "POST", "/uploads/", headers)

    def stall(self, sender: Sender) -> socket.socket:
        """Begin an upload, send some of it, and fall silent."""
        lines = {
            **self._headers(sender),
            "Content-Type": "application/offset+octet-stream",
            "Upload-Offset": "0",
            "Content-Length": str(SIZE),
        }
        head = f"PATCH {self.declare(sender)} HTTP/1.1\r\n" + "".join(
            f"{name}: {value}\r\n" for name, value in lines.items()
        )
        line = socket.create_connection(("127.0.0.1", self.port), timeout=60)
        line.sendall(f"{head}\r\n".encode() + b"x" * 65536)
        return line

    def timed(self, work: Callable[[], object]) -> float:
        """How many seconds `work` takes."""
        started = time.perf_counter()
        work()
        return time.perf_counter() - started

    def _headers(self, sender: Sender) -> dict[str, str]:
        origin = f"http://{self.host}:{self.port}"
        return {
            "Host": f"{self.host}:{self.port}",
            "Cookie": sender.cookie,
            "Origin": origin,
            "Sec-Fetch-Site": "same-origin",
            "Tus-Resumable": "1.0.0",
        }


def _senders(bureau: BureauRef) -> list[Sender]:
    cast = people(bureau)
    found = []
    for number in range(SENDERS):
        with bureau_context(bureau):
            account = activate(
                member_create(
                    actor=TESTER,
                    name=f"上传人{number}",
                    login=f"sender{number}",
                    places=[Place(cast.section.pk, cast.post.pk)],
                ).account
            )
            cabinet = cabinet_open_personal(actor=TESTER, account=account)
        client = SiteClient(bureau).login_as(account)
        cookie = "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())
        found.append(Sender(cookie, str(cabinet.pk)))
    return found


def _pages(speak: Speaker, reader: Sender, count: int) -> list[float]:
    """Open the workbench and the file centre in turn, four people at a time."""

    def one(number: int) -> float:
        return speak.timed(
            lambda: speak.answer(reader, "GET", ("/", f"/library/{reader.folder}/")[number % 2])
        )

    with ThreadPoolExecutor(READERS) as readers:
        return list(readers.map(one, range(count)))
