"""Downloads on the content origin: no cookies, no session, one signed address for one content.

The page that made the address has checked the reader. The database is asked once, before the first
byte; nothing of it is held while bytes flow.
"""

import logging
from collections.abc import Iterator
from urllib.parse import quote

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.translation import gettext as _

from asp.blobs import links, places
from asp.blobs.brief import release_connection
from asp.blobs.errors import RETRY_SECONDS, StoreUnavailable
from asp.blobs.frames import BrokenObjectError
from asp.blobs.models import Blob
from asp.blobs.ranges import Range, UnsatisfiableError, range_of
from asp.blobs.sealed import SealedObject, sealed_object
from asp.blobs.store import ObjectMissingError
from asp.ui.marks import anyone
from tenants.context import site_context

log = logging.getLogger(__name__)

# What browsers show without running anything; the policy below holds for it all the same.
INLINE_TYPES = frozenset(
    {
        "image/png",
        "image/jpeg",
        "image/gif",
        "image/webp",
        "image/bmp",
        "text/plain",
        "application/pdf",
        "audio/mpeg",
        "audio/x-wav",
        "video/mp4",
        "video/webm",
    }
)
POLICY = (
    "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'none'; frame-ancestors 'none'; sandbox"
)


@anyone  # type: ignore[arg-type]  # a streamed answer is an answer too
def download(request: HttpRequest, token: str, filename: str) -> HttpResponseBase:
    """`/d/<token>/<filename>`: stream one content, or the part of it that is asked for."""
    if request.method not in ("GET", "HEAD"):
        return _plain(405, _("This address can only be read."), Allow="GET, HEAD")
    label = request.get_host().partition(".")[0]
    try:
        ticket = links.ticket_of(token=token, filename=filename, label=label)
    except links.LinkForgedError:
        return _plain(404, _("There is no such address."))
    except links.LinkExpiredError:
        return _plain(410, _("This address is no longer valid. Go back to the page and open the file again."))
    try:
        found = _find(ticket)
    except (OperationalError, InterfaceError):
        log.exception("the database does not answer")
        return _unavailable()
    finally:
        release_connection()
    if found is None:
        return _plain(404, _("This file is no longer there."))
    blob, sealed = found
    return _answer(request, blob, sealed, filename=filename, inline=ticket.inline)


def _find(ticket: links.Ticket) -> tuple[Blob, SealedObject] | None:
    site = places.site_of(ticket.bureau_id)
    if site is None:
        return None
    with site_context(site):
        blob = Blob.objects.filter(pk=ticket.blob_id).first()
        return (blob, sealed_object(blob)) if blob is not None and blob.is_ready else None


def _answer(
    request: HttpRequest, blob: Blob, sealed: SealedObject, *, filename: str, inline: bool
) -> HttpResponseBase:
    etag = f'"{blob.pk.hex}"'  # content never changes under its id
    if etag in [
        each.strip().removeprefix("W/") for each in request.headers.get("If-None-Match", "").split(",")
    ]:
        return _dressed(HttpResponse(status=304), blob, etag, filename, inline)
    wanted = None
    if request.method == "GET" and request.headers.get("If-Range", etag) == etag:
        try:
            wanted = range_of(request.headers.get("Range", ""), size=blob.size)
        except UnsatisfiableError:
            return _plain(416, _("The file has fewer bytes."), **{"Content-Range": f"bytes */{blob.size}"})
    part = wanted or Range(0, blob.size)
    response: HttpResponseBase
    if request.method == "HEAD":
        response = HttpResponse()
    else:
        pieces = sealed.stream(part.start, part.end)
        try:
            # The first piece now: a store that does not answer is still a 503, not a broken download.
            first = next(pieces, b"")
        except StoreUnavailable:
            return _unavailable()
        except (BrokenObjectError, ObjectMissingError):
            log.exception("blob %s cannot be read", blob.pk)
            return _plain(500, _("The stored file is damaged. Tell the administrators of the system."))
        response = StreamingHttpResponse(_flow(first, pieces), status=206 if wanted else 200)
        if wanted:
            response["Content-Range"] = f"bytes {part.start}-{part.end - 1}/{blob.size}"
    response["Content-Length"] = str(part.end - part.start)
    return _dressed(response, blob, etag, filename, inline)


def _flow(first: bytes, pieces: Iterator[bytes]) -> Iterator[bytes]:
    # Middlewares may have asked the database after the view; nothing of that stays while bytes flow.
    release_connection()
    yield first
    yield from pieces


def _dressed(
    response: HttpResponseBase, blob: Blob, etag: str, filename: str, inline: bool
) -> HttpResponseBase:
    media_type = blob.media_type or "application/octet-stream"
    inline = inline and media_type in INLINE_TYPES
    response["Content-Type"] = "text/plain; charset=utf-8" if media_type == "text/plain" else media_type
    disposition = "inline" if inline else "attachment"
    response["Content-Disposition"] = f"{disposition}; filename*=UTF-8''{quote(filename, safe='')}"
    response["ETag"] = etag
    response["Accept-Ranges"] = "bytes"
    response["Cache-Control"] = "private, no-store"
    response["Content-Security-Policy"] = POLICY
    response["X-Content-Type-Options"] = "nosniff"
    # Pages of other sites (the bureaus') may show it; whoever has the address may read it anyway.
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    response["Referrer-Policy"] = "no-referrer"
    return response


def _plain(status: int, text: str, **headers: str) -> HttpResponse:
    response = HttpResponse(text, status=status, content_type="text/plain; charset=utf-8", headers=headers)
    response["Cache-Control"] = "no-store"
    response["Content-Security-Policy"] = POLICY
    return response


def _unavailable() -> HttpResponse:
    text = _("The file store does not answer at the moment. Try again in a minute; nothing is lost.")
    return _plain(503, text, **{"Retry-After": str(RETRY_SECONDS)})
