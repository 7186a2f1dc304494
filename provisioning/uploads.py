"""The authorisation letter (授权书) on its way up: who may send one, and what becomes of it."""

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.http import Http404, HttpRequest

from asp.blobs.purposes import Purpose, register
from provisioning import access
from provisioning.errors import NotEditable
from provisioning.models import Application
from provisioning.services.drafts import letter_attach
from tenants.context import current_site

if TYPE_CHECKING:
    from asp.audit.actor import Actor
    from asp.blobs.models import Blob, Upload

LETTER = "provisioning.letter"
MOST_BYTES = 10 * 1024 * 1024
MEDIA_TYPES = frozenset({"application/pdf", "image/jpeg", "image/png"})


def authorize(
    request: HttpRequest, target: str, filename: str, length: int, metadata: dict[str, str]
) -> dict[str, Any]:
    """Only the browser that has the draft, or has tracked the application for a correction, may send one."""
    del filename, length, metadata  # the store has checked them
    try:
        application_id = UUID(target)
    except ValueError:
        raise Http404 from None
    if current_site().kind != "hall":
        raise Http404
    application = access.application_for(request, application_id)
    if not application.is_editable:
        raise NotEditable
    return {"application": str(application.pk)}


def finish(actor: "Actor", blob: "Blob", upload: "Upload", binding: dict[str, Any]) -> dict[str, Any]:
    """Put the letter to the application, in the transaction that keeps its last bytes."""
    application = Application.objects.filter(pk=UUID(binding["application"])).first()
    if application is None:
        raise Http404
    letter_attach(
        actor=actor, application=application, blob=blob, filename=upload.filename, upload_id=upload.pk
    )
    return {"name": upload.filename}


def register_purposes() -> None:
    """Called when Django is ready."""
    register(
        Purpose(
            code=LETTER,
            max_bytes=MOST_BYTES,
            media_types=MEDIA_TYPES,
            authorize=authorize,
            finish=finish,
            anonymous=True,
        )
    )
