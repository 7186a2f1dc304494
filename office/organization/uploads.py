"""Where the staff spreadsheet is uploaded to: tus, purpose `organization.import`."""

from typing import Any

from django.http import Http404, HttpRequest

from asp.accounts.models import Duty
from asp.audit.actor import Actor
from asp.blobs.models import Blob, Upload
from asp.blobs.purposes import Purpose
from asp.blobs.purposes import register as purpose_register
from asp.ui.errors import NotAllowed
from tenants.context import current_site

PURPOSE = "organization.import"
MOST_BYTES = 5 * 1024 * 1024


def register() -> None:
    """Called when Django is ready."""
    # No media types: `importing.archive` says more precisely what is wrong with a file.
    purpose_register(Purpose(code=PURPOSE, max_bytes=MOST_BYTES, authorize=_authorize, finish=_finish))


def _authorize(
    request: HttpRequest, target: str, filename: str, length: int, metadata: dict[str, str]
) -> dict[str, Any]:
    del target, length, metadata
    if current_site().bureau is None:
        raise Http404
    user: Any = request.user
    if not (user.is_authenticated and user.is_administrator and user.duty == Duty.SYSTEM):
        raise NotAllowed
    return {"filename": filename}


def _finish(actor: Actor, blob: Blob, upload: Upload, binding: dict[str, Any]) -> dict[str, Any]:
    from office.organization.services import import_begin

    found = import_begin(actor=actor, blob=blob, filename=binding.get("filename") or upload.filename)
    # No address: *transfer*, where this runs, does not know the pages of the office.
    return {"id": str(found.pk)}
