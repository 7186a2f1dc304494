"""The words of the tus protocol 1.0.0 (https://tus.io/protocols/resumable-upload, "Core Protocol")."""

import base64
import binascii
import json
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.http import http_date

from asp.ui.errors import UserFacingError

VERSION = "1.0.0"
EXTENSIONS = "creation,creation-with-upload,termination,expiration"
CONTENT_TYPE = "application/offset+octet-stream"
MOST_METADATA = 8192


class ProtocolError(Exception):
    """A request that does not follow the protocol; `status` is what it answers."""

    def __init__(self, status: int, text: str) -> None:
        self.status = status
        self.text = text
        super().__init__(text)


def metadata_of(header: str) -> dict[str, str]:
    """Return the pairs of `Upload-Metadata`: names, and values that are Base64 of UTF-8."""
    if len(header) > MOST_METADATA:
        raise ProtocolError(400, "Upload-Metadata is too long")
    pairs: dict[str, str] = {}
    for item in header.split(","):
        name, _, value = item.strip().partition(" ")
        if not name:
            continue
        if name in pairs or not name.isascii():
            raise ProtocolError(400, "Upload-Metadata is malformed")
        try:
            pairs[name] = base64.b64decode(value, validate=True).decode("utf-8")
        except (binascii.Error, UnicodeDecodeError, ValueError) as error:
            raise ProtocolError(400, "Upload-Metadata is not Base64 of UTF-8") from error
    return pairs


def number_of(request: HttpRequest, name: str, *, missing: int = 400) -> int:
    """Return a header that must be a number of bytes."""
    text = request.headers.get(name, "")
    if not text:
        raise ProtocolError(missing, f"{name} is missing")
    if not (text.isascii() and text.isdecimal() and len(text) <= 15):
        raise ProtocolError(400, f"{name} is not a number")
    return int(text)


def body_length_of(request: HttpRequest) -> int:
    """Return how many bytes the request brings; a body of unknown length is refused."""
    if "Transfer-Encoding" in request.headers:
        raise ProtocolError(411, "Content-Length is required")
    return number_of(request, "Content-Length", missing=411)


def require_version(request: HttpRequest) -> None:
    """Every request but OPTIONS says which version it speaks."""
    if request.headers.get("Tus-Resumable") != VERSION:
        raise ProtocolError(412, "Tus-Resumable 1.0.0 is required")


def require_own_page(request: HttpRequest) -> None:
    """Accept writes only from this site's own pages (CSRF): the browser has to say that they are.

    There is no CSRF token in a tus request; `Tus-Resumable` alone keeps other sites' forms out, the
    origin also their scripts.
    """
    origin = request.headers.get("Origin")
    fetch_site = request.headers.get("Sec-Fetch-Site")
    own = f"{request.scheme}://{request.get_host()}"
    if (origin is None and fetch_site is None) or (origin is not None and origin.lower() != own.lower()):
        raise ProtocolError(403, "Uploads are taken from the site's own pages only")
    if fetch_site not in (None, "same-origin"):
        raise ProtocolError(403, "Uploads are taken from the site's own pages only")


def method_of(request: HttpRequest) -> str:
    """Return the method, or the one that a poor proxy made the client write into a header."""
    override = request.headers.get("X-HTTP-Method-Override", "").upper()
    if request.method == "POST" and override in {"PATCH", "DELETE", "HEAD"}:
        return override
    return request.method or ""


def expires(moment: datetime) -> str:
    """Return the value of `Upload-Expires`."""
    return http_date(moment.timestamp())


def result_header(result: dict[str, Any]) -> str:
    """Return the value of `Tb-Result`: JSON in ASCII."""
    return json.dumps(result, ensure_ascii=True, separators=(",", ":"))


def refusal(error: UserFacingError) -> HttpResponse:
    """Return an error for people as the client's script reads it."""
    response = JsonResponse({"code": error.code, "message": error.text}, status=error.status)
    response["Tb-Error-Code"] = error.code
    if error.retry_after:
        response["Retry-After"] = str(error.retry_after)
    return response


def mark(response: HttpResponse) -> HttpResponse:
    """Put on what every answer carries."""
    response["Tus-Resumable"] = VERSION
    response["Cache-Control"] = "no-store"
    return response
