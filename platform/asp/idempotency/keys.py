"""What makes two requests the same (draft-ietf-httpapi-idempotency-key-header)."""

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest

HEADER = "Idempotency-Key"
FIELD = "idempotency_key"
KEY = re.compile(r"[\x21-\x7e]{8,128}")
CSRF_FIELD = "csrfmiddlewaretoken"
METHODS = frozenset({"POST", "PUT", "PATCH", "DELETE"})


@dataclass(frozen=True, slots=True)
class Request:
    """`id` names the request; `fingerprint` says what was in it."""

    id: str
    fingerprint: str


def request_of(request: HttpRequest) -> Request | None:
    """What a request is known by; None if it carries no key, or one that is no key.

    A form that is changed and sent again from a page that the browser kept carries the same key and is another
    request. With the header, as programs send it, other content under the same key is a mistake.
    """
    owner = _owner(request)
    if request.method not in METHODS or not owner:
        return None
    header = request.headers.get(HEADER, "")
    key = header or request.POST.get(FIELD, "")
    if not KEY.fullmatch(key):
        return None
    fingerprint = _digest(_content(request))
    parts = [owner, key, request.method, request.get_full_path(), "" if header else fingerprint]
    return Request(_digest(parts), fingerprint)


def _owner(request: HttpRequest) -> str:
    if request.user.is_authenticated:
        return f"account:{request.user.pk}"
    # In the hall nobody is signed in; the secret of the browser's own forms tells browsers apart.
    secret = request.META.get("CSRF_COOKIE", "")
    return f"browser:{secret}" if secret else ""


def _content(request: HttpRequest) -> list[object]:
    if request.content_type in ("application/x-www-form-urlencoded", "multipart/form-data"):
        fields = {name: values for name, values in request.POST.lists() if name not in (FIELD, CSRF_FIELD)}
        files = [
            (name, file.name, file.size)
            for name, each in request.FILES.lists()
            for file in each
            if isinstance(file, UploadedFile)
        ]
        return [sorted(fields.items()), sorted(files)]
    return [request.body.hex()]


def _digest(parts: Sequence[object]) -> str:
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()
