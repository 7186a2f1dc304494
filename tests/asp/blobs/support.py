"""A tus client, a purpose that takes anything, and a real HTTP server for what happens on the wire."""

import base64
import hashlib
import json
import socket
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from django.db import connection
from django.http import Http404, HttpResponse
from django.test import Client

from asp.audit.actor import Actor
from asp.blobs import purposes, store
from asp.blobs.checking import blob_check
from asp.blobs.models import GIBIBYTE, Blob, Upload
from asp.blobs.services import quota_set
from asp.ui.errors import UserFacingError
from tenants.context import host_context, owner_context, site_context
from tenants.models import Bureau, BureauState
from tenants.site import Site
from tests.support.client import SiteClient

MEBIBYTE = 1024 * 1024
PART = 5 * MEBIBYTE
ACTOR = Actor.system("worker")
finished: list[tuple[Actor, uuid.UUID, dict[str, Any]]] = []


def content(size: int, seed: str = "content") -> bytes:
    """Bytes that differ everywhere and are no text."""
    return b"\x00" + hashlib.shake_256(seed.encode()).digest(size - 1) if size else b""


def _authorize(
    _request: Any, target: str, filename: str, _length: int, _pairs: dict[str, str]
) -> dict[str, Any]:
    if target == "absent":
        raise Http404
    if target == "forbidden":
        raise UserFacingError("test.forbidden", "Not here.", status=403)
    return {"target": target, "name": filename}


def _finish(actor: Actor, blob: Blob, upload: Upload, binding: dict[str, Any]) -> dict[str, Any]:
    if binding["target"] == "refuses":
        raise UserFacingError("test.refused", "Not now.", status=409)
    if binding["target"] == "vanishes":
        raise Http404
    if binding["target"] == "fails":
        raise RuntimeError("a bug in finish")
    finished.append((actor, blob.pk, binding))
    return {"blob": str(blob.pk), "name": binding["name"], "upload": str(upload.pk)}


ANY = purposes.Purpose(code="test.any", max_bytes=200 * MEBIBYTE, authorize=_authorize, finish=_finish)
IMAGE = purposes.Purpose(
    code="test.image",
    max_bytes=20 * MEBIBYTE,
    authorize=_authorize,
    finish=_finish,
    media_types=frozenset({"image/png", "application/pdf"}),
)
DRAFT = purposes.Purpose(
    code="test.draft", max_bytes=50 * MEBIBYTE, authorize=_authorize, finish=_finish, anonymous=True
)
for _purpose in (ANY, IMAGE, DRAFT):
    purposes.register(_purpose)


class Deadline:
    """For waiting on a condition: gives way a moment each time, and fails when it takes too long."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds
        self._event = threading.Event()

    def pause(self) -> None:
        assert time.monotonic() < self._end, "what the test waits for did not happen"
        self._event.wait(0.02)


def metadata(**pairs: str) -> str:
    """The value of Upload-Metadata."""
    return ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in pairs.items())


@dataclass
class Tus:
    """Speaks tus as the browser's client does."""

    client: Client
    site: Site
    headers: dict[str, str] = field(default_factory=dict)

    def create(self, length: int | None, *, name: str = "报告.bin", target: str = "", purpose: str = ANY.code,
               body: bytes | None = None, **headers: str) -> HttpResponse:  # fmt: skip
        extra = {"Upload-Metadata": metadata(filename=name, purpose=purpose, target=target)}
        if length is not None:
            extra["Upload-Length"] = str(length)
        kind = "application/offset+octet-stream" if body is not None else "text/plain"
        return self._send("POST", "/uploads/", body or b"", {**extra, **headers}, kind)

    def location(self, length: int, **arguments: Any) -> str:
        response = self.create(length, **arguments)
        assert response.status_code == 201, response.content
        return response["Location"]

    def patch(self, location: str, offset: int, body: bytes, **headers: str) -> HttpResponse:
        extra = {"Upload-Offset": str(offset), **headers}
        return self._send("PATCH", location, body, extra, "application/offset+octet-stream")

    def head(self, location: str) -> HttpResponse:
        return self._send("HEAD", location, b"", {}, "text/plain")

    def offset(self, location: str) -> int:
        response = self.head(location)
        assert response.status_code == 200, response.status_code
        return int(response["Upload-Offset"])

    def delete(self, location: str) -> HttpResponse:
        return self._send("DELETE", location, b"", {}, "text/plain")

    def whole(self, body: bytes, **arguments: Any) -> dict[str, Any]:
        """Upload everything at once; return the result."""
        location = self.location(len(body), **arguments)
        response = self.patch(location, 0, body)
        assert response.status_code == 204, response.content
        return json.loads(response["Tb-Result"])

    def row(self, location: str) -> Upload:
        with site_context(self.site):
            return Upload.objects.select_related("blob").get(pk=location.rpartition("/")[2])

    def _send(self, method: str, path: str, body: bytes, headers: dict[str, str], kind: str) -> HttpResponse:
        sent = {"Tus-Resumable": "1.0.0", **self.headers, **headers}
        return self.client.generic(
            method,
            path,
            body,
            content_type=kind,
            headers={name: value for name, value in sent.items() if value},
        )


def checked(site: Site, blob_id: str | uuid.UUID, upload_id: str | uuid.UUID | None = None) -> Blob:
    """Run the check as the worker would, and return the blob."""
    with site_context(site):
        upload = uuid.UUID(str(upload_id)) if upload_id else None
        blob_check(actor=ACTOR, blob_id=uuid.UUID(str(blob_id)), upload_id=upload)
        return Blob.objects.get(pk=blob_id)


def empty(site: Site) -> None:
    """Make a bureau's storage as it was on its first day, objects included."""
    with owner_context(site.bureau.schema), connection.cursor() as cursor:
        cursor.execute("TRUNCATE blobs_upload, blobs_blob, blobs_storageaccount, jobs_job, audit_entry")
    with host_context():
        Bureau.objects.filter(pk=site.bureau.id).update(state=BureauState.ACTIVE)
    with site_context(site):
        quota_set(limit=GIBIBYTE)
    store.delete_all(f"{site.bureau.storage_prefix}/")


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Connections that a test cuts are no news."""


class _Quiet(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@contextmanager
def http_server() -> Iterator[int]:
    """Serve the whole application on a port of its own, one thread for each connection."""
    from django.core.wsgi import get_wsgi_application

    server = make_server("127.0.0.1", 0, get_wsgi_application(), server_class=_Server, handler_class=_Quiet)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def request_head(client: SiteClient, location: str, offset: int, length: int) -> bytes:
    """The head of a PATCH as it goes over the wire, with the client's cookies."""
    cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())
    host = client.defaults["HTTP_HOST"]
    lines = [
        f"PATCH {location} HTTP/1.1", f"Host: {host}", f"Origin: http://{host}", f"Cookie: {cookies}",
        "Tus-Resumable: 1.0.0", "Content-Type: application/offset+octet-stream", "Connection: close",
        f"Upload-Offset: {offset}", f"Content-Length: {length}", "", "",
    ]  # fmt: skip
    return "\r\n".join(lines).encode()


def answer(connection: socket.socket) -> tuple[int, dict[str, str]]:
    """Read the answer's status and headers."""
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(65536)
        if not piece:
            break
        data += piece
    first, *rest = data.split(b"\r\n\r\n")[0].decode().split("\r\n")
    return int(first.split()[1]), {
        name.lower(): value for name, _, value in (line.partition(": ") for line in rest)
    }
