"""Signed addresses on the content origin (内容域): who holds one may fetch one content for five minutes."""

import base64
import hashlib
import secrets
import uuid
from dataclasses import dataclass
from urllib.parse import quote

from django.conf import settings
from django.core import signing

from tenants.site import Site

SECONDS = 300
HOST = "host"
_SALT = "asp.blobs.download"


class LinkForgedError(Exception):
    """The address was not made here, or was changed."""


class LinkExpiredError(Exception):
    """The address is older than five minutes."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """What an address says: the bureau (None: host and hall), the blob, and how it is to be shown."""

    bureau_id: uuid.UUID | None
    blob_id: uuid.UUID
    inline: bool


def content_url(*, site: Site, blob_id: uuid.UUID, filename: str, inline: bool) -> str:
    """Return the absolute address; each lies on an origin of its own."""
    label = secrets.token_hex(8)
    owner = str(site.bureau.id) if site.bureau else HOST
    token = signing.dumps(
        {"s": owner, "b": str(blob_id), "i": int(inline), "l": label, "n": _digest(filename)}, salt=_SALT
    )
    origin = settings.ASP.origin(f"{label}.content.{settings.ASP.base_domain}")
    return f"{origin}/d/{token}/{quote(filename, safe='')}"


def ticket_of(*, token: str, filename: str, label: str) -> Ticket:
    """Return what a token says. Raises LinkForgedError, LinkExpiredError."""
    try:
        said = signing.loads(token, salt=_SALT, max_age=SECONDS)
    except signing.SignatureExpired as error:
        raise LinkExpiredError from error
    except signing.BadSignature as error:
        raise LinkForgedError from error
    if said["n"] != _digest(filename) or said["l"] != label:
        raise LinkForgedError
    return Ticket(
        bureau_id=None if said["s"] == HOST else uuid.UUID(said["s"]),
        blob_id=uuid.UUID(said["b"]),
        inline=bool(said["i"]),
    )


def _digest(filename: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(filename.encode()).digest()[:12]).decode()
