"""The tus server (断点续传). It runs in *transfer*, on every site where files are taken."""

import logging
import time
import uuid
from collections.abc import Callable
from typing import Any

from django.core.cache import cache
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from redis import RedisError

from asp.audit.actor import Actor, client_ip
from asp.audit.services import record
from asp.blobs import marks, purposes, sweeping, tus, uploads
from asp.blobs.brief import brief_transaction, release_connection
from asp.blobs.errors import (
    DatabaseUnavailable,
    FileTooLarge,
    OffsetConflict,
    SecretMarkRefused,
    StoreUnavailable,
    TransferBusy,
    UploadOver,
)
from asp.blobs.models import Upload, UploadState
from asp.blobs.names import clean_filename
from asp.blobs.owners import Owner, new_draft, owner_of, remember_draft
from asp.blobs.purposes import Purpose
from asp.blobs.receiving import CHUNK_SIZE, SECRET_ACTION, Receiver
from asp.blobs.slots import slot
from asp.ui.errors import NotAllowed, TooMany, UserFacingError
from asp.ui.logs import route_of
from asp.ui.marks import anyone
from tenants.context import current_site

log = logging.getLogger(__name__)

ANONYMOUS_PER_HOUR = 60
DRAIN_BYTES = 32 * 1024 * 1024
DRAIN_SECONDS = 10.0
View = Callable[..., HttpResponse]


def _speaks_tus(view: View) -> View:
    """What all answers have in common: the protocol's headers, errors as JSON, 503 for what will pass."""

    def speaking(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        busy = False
        try:
            response = view(request, **kwargs)
        except tus.ProtocolError as error:
            response = JsonResponse({"code": "blobs.protocol", "message": error.text}, status=error.status)
            if error.status == 412:
                response["Tus-Version"] = tus.VERSION
        except UserFacingError as error:
            log.info("%s %s: %s", request.method, route_of(request), error.code)
            busy = isinstance(error, TransferBusy)  # no thread waits for its body, which may never come
            response = tus.refusal(error)
        except Http404:
            response = JsonResponse(
                {"code": "not_found", "message": str(_("There is nothing here."))}, status=404
            )
        except (OperationalError, InterfaceError) as error:
            log.warning("%s %s: the database does not answer: %s", request.method, route_of(request), error)
            release_connection()
            response = tus.refusal(DatabaseUnavailable())
        if response.status_code >= 400 and not busy:
            _drain(request)
        return tus.mark(response)

    return speaking


def _drain(request: HttpRequest) -> None:
    """Take the rest of a refused body, within limits.

    A client that is still sending when the connection closes sees a reset instead of the answer, and
    would try again what was refused for good.
    """
    release_connection()
    end = time.monotonic() + DRAIN_SECONDS
    taken = 0
    while taken < DRAIN_BYTES and time.monotonic() < end:
        piece = request.read(CHUNK_SIZE)
        if not piece:
            break
        taken += len(piece)


@csrf_exempt
@anyone
@_speaks_tus
def uploads_root(request: HttpRequest) -> HttpResponse:
    """`/uploads/`: OPTIONS says what the server can, POST declares an upload."""
    if request.method == "OPTIONS":
        return _options()
    if request.method != "POST":
        return HttpResponse(status=405, headers={"Allow": "OPTIONS, POST"})
    tus.require_version(request)
    tus.require_own_page(request)
    return _create(request)


@csrf_exempt
@anyone
@_speaks_tus
def upload_detail(request: HttpRequest, upload_id: uuid.UUID) -> HttpResponse:
    """`/uploads/<id>`: HEAD asks how far it is, PATCH brings bytes, DELETE ends it."""
    method = tus.method_of(request)
    if method == "OPTIONS":
        return _options()
    handlers = {"HEAD": _head, "PATCH": _patch, "DELETE": _terminate}
    if method not in handlers:
        return HttpResponse(status=405, headers={"Allow": "OPTIONS, HEAD, PATCH, DELETE"})
    tus.require_version(request)
    if method != "HEAD":
        tus.require_own_page(request)
    owner = owner_of(request)
    upload = uploads.upload_find(upload_id=upload_id, owner=owner) if owner else None
    if upload is None:
        raise Http404
    return handlers[method](request, upload)


def _options() -> HttpResponse:
    headers = {"Tus-Version": tus.VERSION, "Tus-Extension": tus.EXTENSIONS}
    limits = [purpose.limit for purpose in purposes.registered()]
    if limits:
        headers["Tus-Max-Size"] = str(max(limits))
    return HttpResponse(status=204, headers=headers)


def _create(request: HttpRequest) -> HttpResponse:
    if request.headers.get("Upload-Defer-Length"):
        raise tus.ProtocolError(400, "Upload-Length is required; deferring it is not supported")
    length = tus.number_of(request, "Upload-Length")
    metadata = tus.metadata_of(request.headers.get("Upload-Metadata", ""))
    purpose = purposes.get(metadata.get("purpose", ""))
    if purpose is None:
        raise tus.ProtocolError(400, "Upload-Metadata names no purpose that is known here")
    actor = Actor.of(request)
    owner, secret = _owner_for(request, purpose)
    filename = _checked_name(actor, purpose, metadata.get("filename", ""), length)
    if length > purpose.limit:
        raise FileTooLarge(params={"limit": filesizeformat(purpose.limit)})
    target = metadata.get("target", "")[:255]
    binding = purpose.authorize(request, target, filename, length, metadata)
    with brief_transaction():
        upload = uploads.upload_create(
            actor=actor,
            owner=owner,
            purpose=purpose.code,
            target=target,
            filename=filename,
            length=length,
            declared_type=metadata.get("filetype", ""),
            binding=binding,
        )
    response = HttpResponse(status=201)
    if request.headers.get("Content-Type") == tus.CONTENT_TYPE or length == 0:
        upload = _take(request, upload, purpose, actor, tus.body_length_of(request) if length else 0)
    response["Location"] = reverse("blobs:upload", args=[upload.pk])
    _tell(response, upload)
    if secret:
        remember_draft(response, secret)
    return response


def _head(request: HttpRequest, upload: Upload) -> HttpResponse:  # noqa: ARG001
    if upload.state not in (UploadState.RECEIVING, UploadState.DONE):
        raise UploadOver(upload.refusal["code"] if upload.refusal else None)
    response = HttpResponse(status=200)
    response["Upload-Length"] = str(upload.length)
    _tell(response, upload)
    return response


def _patch(request: HttpRequest, upload: Upload) -> HttpResponse:
    if request.headers.get("Content-Type") != tus.CONTENT_TYPE:
        raise tus.ProtocolError(415, f"Content-Type {tus.CONTENT_TYPE} is required")
    offset = tus.number_of(request, "Upload-Offset")
    length = tus.body_length_of(request)
    if upload.state != UploadState.RECEIVING:
        return _late(request, upload, offset + length)
    if offset + length > upload.length:
        raise tus.ProtocolError(413, "More bytes than were declared")
    purpose = purposes.get(upload.purpose)
    if purpose is None:
        raise UploadOver
    try:
        return _patched(_take(request, upload, purpose, Actor.of(request), length, offset=offset))
    except UploadOver:
        # The sender's own request before this one, which it had given up, has just come to its end.
        with brief_transaction():
            upload.refresh_from_db()
        return _late(request, upload, offset + length)


def _late(request: HttpRequest, upload: Upload, end: int) -> HttpResponse:
    """Answer a PATCH up to byte `end` of an upload that takes none any more."""
    if upload.state != UploadState.DONE:
        raise UploadOver(upload.refusal["code"] if upload.refusal else None)
    if end != upload.length:
        raise OffsetConflict
    # The answer to the last PATCH was lost, and it is sent again: the same answer.
    _drain(request)
    return _patched(upload)


def _terminate(request: HttpRequest, upload: Upload) -> HttpResponse:  # noqa: ARG001
    uploads.upload_terminate(upload_id=upload.pk)
    _tidy(upload.pk)
    return HttpResponse(status=204)


def _take(
    request: HttpRequest, upload: Upload, purpose: Purpose, actor: Actor, length: int, *, offset: int = 0
) -> Upload:
    """Become the writer, take the bytes, return the upload as it then is."""
    with slot((current_site(), upload.account_id, upload.draft_hash)):
        return _take_in_slot(request, upload, purpose, actor, length, offset=offset)


def _take_in_slot(
    request: HttpRequest, upload: Upload, purpose: Purpose, actor: Actor, length: int, *, offset: int
) -> Upload:
    with brief_transaction():
        lease = uploads.lease_take(upload_id=upload.pk)
    try:
        with brief_transaction():
            upload = Upload.objects.select_related("blob").get(pk=upload.pk)
        if offset != upload.offset:
            raise OffsetConflict
        receiver = Receiver(upload=upload, lease=lease, purpose=purpose, actor=actor)
        whole = receiver.receive(request.read, length)
    except (UserFacingError, Http404) as error:
        if not isinstance(error, StoreUnavailable | DatabaseUnavailable):
            _tidy(upload.pk)
        raise
    finally:
        _give_back(upload.pk, lease)
    if not whole:
        raise tus.ProtocolError(400, "The connection was cut; what arrived was kept")
    return receiver.upload


def _give_back(upload_id: uuid.UUID, lease: uuid.UUID) -> None:
    try:
        with brief_transaction():
            uploads.lease_give_back(upload_id=upload_id, lease=lease)
    except DatabaseUnavailable:
        log.warning("the lease of upload %s will run out by itself", upload_id)


def _tidy(upload_id: uuid.UUID) -> None:
    """Delete at once what an ended upload left; if the store does not answer, the sweep does it."""
    try:
        sweeping.discard_remains(upload_id=upload_id)
    except (StoreUnavailable, OperationalError, InterfaceError):
        log.info("the remains of upload %s stay for the sweep", upload_id)
    finally:
        release_connection()


def _patched(upload: Upload) -> HttpResponse:
    response = HttpResponse(status=204)
    _tell(response, upload)
    return response


def _tell(response: HttpResponse, upload: Upload) -> None:
    response["Upload-Offset"] = str(upload.offset)
    if upload.state == UploadState.RECEIVING:
        response["Upload-Expires"] = tus.expires(upload.expires_at)
    elif upload.result is not None:
        response["Tb-Result"] = tus.result_header(upload.result)


def _owner_for(request: HttpRequest, purpose: Purpose) -> tuple[Owner, str]:
    """Return who the upload will belong to, and the secret to be given to a browser that has none."""
    owner = owner_of(request)
    if request.user.is_authenticated and owner is not None:
        if getattr(request.user, "must_set_password", False):
            raise NotAllowed
        return owner, ""
    if not purpose.anonymous:
        raise NotAllowed("not_signed_in", _("Sign in first."), status=401)
    _count_anonymous(request)
    if owner is not None:
        return owner, ""
    secret, owner = new_draft()
    return owner, secret


def _count_anonymous(request: HttpRequest) -> None:
    """Limit how many files one address declares in an hour; without Valkey only the quota limits."""
    key = f"blobs:anonymous:{client_ip(request)}"
    try:
        cache.add(key, 0, timeout=3600)
        count = cache.incr(key)
    except (RedisError, ValueError):
        log.warning("anonymous uploads are not counted: the cache does not answer")
        return
    if count > ANONYMOUS_PER_HOUR:
        raise TooMany


def _checked_name(actor: Actor, purpose: Purpose, name: str, length: int) -> str:
    """Return a harmless file name. One that carries a secrecy mark is refused and put on record."""
    filename = clean_filename(name)
    if marks.is_marked(filename):
        with brief_transaction():
            record(
                actor=actor,
                action=SECRET_ACTION,
                target_kind="blobs.upload",
                target_name=filename,
                params={"purpose": purpose.code, "size": length},
            )
        raise SecretMarkRefused
    return filename
