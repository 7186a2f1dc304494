"""Drawings of other tools on their way in (tus purpose `workflow.bpmn`): larger ones than a form may carry.

The target is `<process>:<revision>`, so that nobody's newer draft is written over.
"""

import uuid
from typing import Any

from django.http import Http404, HttpRequest

from asp.accounts.models import Account
from asp.audit.actor import Actor
from asp.blobs.models import Blob, Upload
from asp.blobs.purposes import Purpose
from asp.blobs.purposes import register as purpose_register
from asp.blobs.services import blob_open
from asp.ui.errors import NotAllowed
from office.workflow.bpmn import limits
from office.workflow.models import Process
from office.workflow.permissions import DESIGN
from office.workflow.selectors.manage import process_get
from office.workflow.services.drafts import draft_bpmn_save
from office.workflow.services.files import file_store
from tenants.context import current_site

PURPOSE = "workflow.bpmn"


def authorize(
    request: HttpRequest, target: str, filename: str, length: int, metadata: dict[str, str]
) -> dict[str, Any]:
    """Only those who make processes may send one. Raises Http404, NotAllowed."""
    del filename, length, metadata  # the store has checked them
    if current_site().bureau is None:
        raise Http404
    _named(request.user, target)
    return {"target": target}


def finish(actor: Actor, blob: Blob, upload: Upload, binding: dict[str, Any]) -> dict[str, Any]:
    """Make it the draft. What is no drawing is refused in words, and not kept.

    The file itself is loose like an attachment that no form names: it is erased after a day.
    """
    account = Account.objects.filter(pk=actor.id).first()
    process, revision = _named(account, binding["target"])
    with blob_open(blob) as file:
        content = file.read()
    process = draft_bpmn_save(actor=actor, process=process, content=content, revision=revision)
    assert account is not None
    file_store(actor=actor, account=account, blob=blob, name=upload.filename)
    return {"id": str(process.draft_revision)}


def _named(account: Any, target: str) -> tuple[Process, int]:
    if account is None or not (account.is_authenticated and account.is_active and account.has_code(DESIGN)):
        raise NotAllowed
    key, _colon, revision = target.partition(":")
    if not (revision.isascii() and revision.isdigit()):
        raise Http404
    try:
        return process_get(uuid.UUID(key)), int(revision[:9])
    except ValueError:
        raise Http404 from None


def register() -> None:
    """Called when Django is ready."""
    purpose_register(Purpose(PURPOSE, max_bytes=limits.BYTES, authorize=authorize, finish=finish))
