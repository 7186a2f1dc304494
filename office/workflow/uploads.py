"""What becomes of uploads to forms of processes (tus purpose `workflow.form`).

The target is `start:<process>` for a form that begins something, or an instance in which the sender has something to
do. The file stays loose until the form that names it is sent.
"""

import uuid
from typing import Any

from django.http import Http404, HttpRequest

from asp.accounts.models import Account
from asp.audit.actor import Actor
from asp.blobs.models import Blob, Upload
from asp.blobs.purposes import Purpose
from asp.blobs.purposes import register as purpose_register
from office.workflow.models import ItemState
from office.workflow.selectors.access import instance_get_for, items_of, process_get_for
from office.workflow.selectors.files import MOST_BYTES, PURPOSE, START_TARGET
from office.workflow.services.files import file_store
from tenants.context import current_site


def authorize(
    request: HttpRequest, target: str, filename: str, length: int, metadata: dict[str, str]
) -> dict[str, Any]:
    """Only those who have the form in hand may send something for it. Raises Http404."""
    del filename, length, metadata  # the store has checked them
    if current_site().bureau is None:
        raise Http404
    _check(request.user, target)  # type: ignore[arg-type]
    return {"target": target}


def finish(actor: Actor, blob: Blob, upload: Upload, binding: dict[str, Any]) -> dict[str, Any]:
    """Keep what has arrived; the sender's rights are looked at again."""
    account = Account.objects.filter(pk=actor.id).first()
    if account is None or not account.is_active:
        raise Http404
    _check(account, binding["target"])
    file = file_store(actor=actor, account=account, blob=blob, name=upload.filename)
    return {"id": str(file.pk), "name": file.name, "size": file.size}


def _check(account: Account, target: str) -> None:
    started = target.startswith(START_TARGET)
    try:
        key = uuid.UUID(target.removeprefix(START_TARGET))
    except ValueError:
        raise Http404 from None
    if started:
        process_get_for(account=account, process_id=key)
        return
    instance = instance_get_for(account=account, instance_id=key)
    if not items_of(account).filter(instance=instance, state=ItemState.OPEN, step__isnull=False).exists():
        raise Http404


def register() -> None:
    """Called when Django is ready."""
    purpose_register(Purpose(code=PURPOSE, max_bytes=MOST_BYTES, authorize=authorize, finish=finish))
