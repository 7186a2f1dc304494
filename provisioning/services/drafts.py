"""Drafts of applications: begun, saved while people type, thrown away when they are forgotten."""

import datetime
import uuid
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from asp.audit.actor import Actor
from asp.blobs import services as blobs
from asp.blobs.models import Blob
from provisioning import codes
from provisioning.errors import NotEditable
from provisioning.models import Application, ApplicationState

DRAFT_DAYS = 30
REPLACED = "\ufffd"  # for what the database cannot keep; no name may contain it
MOST_CHARACTERS = 2000  # of one field, whatever the form later says of it


@transaction.atomic
def draft_begin(*, language: str, secret: str = "") -> tuple[Application, str]:
    """Begin an application (入驻申请) and return it with the secret that its browser must keep.

    `secret` is made here unless the caller (the demonstration) has one that it can find again.
    """
    secret = secret or codes.new_draft_secret()
    application = Application.objects.create(draft_hash=codes.draft_hash(secret), language=language)
    return application, secret


@transaction.atomic
def draft_save(*, application: Application, values: Mapping[str, Any]) -> Application:
    """Keep what was typed so far, right or wrong. Raises NotEditable."""
    application = editable_locked(application)
    application.draft = {key: _short(value) for key, value in values.items()}
    application.save(update_fields=["draft", "saved_at"])
    return application


@transaction.atomic
def draft_discard(*, actor: Actor, application: Application) -> None:
    """Throw a draft that was never sent in away, with its letter."""
    application = editable_locked(application)
    if application.state != ApplicationState.DRAFT:
        raise NotEditable
    letter_release(actor=actor, application=application)
    application.delete()


@transaction.atomic
def drafts_expire() -> int:
    """Delete drafts that nobody has touched for a month; return how many."""
    until = timezone.now() - datetime.timedelta(days=DRAFT_DAYS)
    old = Application.objects.select_for_update(skip_locked=True).filter(
        state=ApplicationState.DRAFT, saved_at__lt=until
    )
    actor = Actor.system("provisioning")
    count = 0
    for application in old:
        letter_release(actor=actor, application=application)
        application.delete()
        count += 1
    return count


def letter_release(*, actor: Actor, application: Application) -> None:
    """Give the content of all letters up; part of the caller's transaction."""
    for key in (application.letter_blob, application.new_letter_blob):
        blob = Blob.objects.filter(pk=key).first() if key else None
        if blob is not None:
            blobs.blob_release(actor=actor, blob=blob)


@transaction.atomic
def letter_attach(
    *, actor: Actor, application: Application, blob: Blob, filename: str, upload_id: uuid.UUID | None = None
) -> Application:
    """Put the authorisation letter (授权书) to the application; it counts once that is sent in.

    Raises NotEditable.
    """
    application = editable_locked(application)
    former = (
        Blob.objects.filter(pk=application.new_letter_blob).first() if application.new_letter_blob else None
    )
    application.new_letter_blob, application.new_letter_name = blob.pk, filename
    application.new_letter_upload = upload_id
    application.save(update_fields=["new_letter_blob", "new_letter_name", "new_letter_upload", "saved_at"])
    if former is not None and former.pk != blob.pk:
        blobs.blob_release(actor=actor, blob=former)
    return application


def letter_take(*, actor: Actor, application: Application) -> None:
    """The application is sent in: the new letter replaces the old one. The caller saves the row."""
    if application.new_letter_blob is None:
        return
    former = Blob.objects.filter(pk=application.letter_blob).first() if application.letter_blob else None
    application.letter_blob, application.letter_name = (
        application.new_letter_blob,
        application.new_letter_name,
    )
    application.new_letter_blob = application.new_letter_upload = None
    application.new_letter_name = ""
    if former is not None:
        blobs.blob_release(actor=actor, blob=former)


def editable_locked(application: Application) -> Application:
    """Lock the row and return it fresh. Raises NotEditable unless the applicant may change it now."""
    locked = Application.objects.select_for_update().get(pk=application.pk)
    if not locked.is_editable:
        raise NotEditable
    return locked


def _short(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return [str(each)[:MOST_CHARACTERS].replace("\x00", REPLACED) for each in value][:100]
    return str(value)[:MOST_CHARACTERS].replace("\x00", REPLACED)
