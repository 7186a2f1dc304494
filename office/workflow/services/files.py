"""Attachments of forms (表单附件): what was uploaded, whose it is, and when it is given up.

A file is loose until a form that names it is stored: `files_attach` in the same transaction. What stays loose is
erased after a day.
"""

import datetime
import uuid
from collections.abc import Iterator, Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from asp.accounts.models import Account
from asp.audit.actor import Actor
from asp.audit.services import record
from asp.blobs.models import Blob
from asp.blobs.services import blob_release
from office.workflow.models import FormFile, Instance

LOOSE = datetime.timedelta(hours=24)
BATCH = 200


@transaction.atomic
def file_store(*, actor: Actor, account: Account, blob: Blob, name: str) -> FormFile:
    """Keep what `account` has uploaded until a form names it."""
    del actor  # whoever sends the form is put on record with it
    return FormFile.objects.create(
        account=account,
        account_name=account.name,
        blob_id=blob.pk,
        name=name[:255],
        size=blob.size,
        media_type=blob.media_type[:200],
    )


@transaction.atomic
def files_attach(*, instance: Instance, values: Mapping[str, Any]) -> int:
    """Make the loose files that `values` names part of `instance`; return how many.

    Whether they may be in there was decided when the form was bound, by its desk.
    """
    keys = list(file_ids(values))
    if not keys:
        return 0
    return FormFile.objects.filter(pk__in=keys, instance=None).update(instance=instance)


def file_ids(values: Mapping[str, Any]) -> Iterator[uuid.UUID]:
    """The files that the values of a form name."""
    for value in values.values():
        for one in value if isinstance(value, list) else ():
            if isinstance(one, dict) and set(one) >= {"id", "name", "size"}:
                key = _uuid(str(one["id"]))
                if key is not None:
                    yield key


@transaction.atomic
def file_read(*, actor: Actor, file: FormFile) -> None:
    """Put on record that somebody takes the content (下载)."""
    record(
        actor=actor,
        action="workflow.file_read",
        target_kind="workflow.file",
        target_id=file.pk,
        target_name=file.name,
        params={"place": file.instance.title if file.instance is not None else ""},
    )


def loose_erase(*, now: datetime.datetime | None = None) -> int:
    """Give up files that no form has named within a day; return how many."""
    before = (now or timezone.now()) - LOOSE
    erased = 0
    while True:
        with transaction.atomic():
            rows = list(
                FormFile.objects.select_for_update(skip_locked=True)
                .filter(instance=None, created_at__lt=before)
                .order_by("created_at")[:BATCH]
            )
            blobs = {each.pk: each for each in Blob.objects.filter(pk__in=[row.blob_id for row in rows])}
            for row in rows:
                if row.blob_id in blobs:
                    blob_release(actor=Actor.system("workflow"), blob=blobs[row.blob_id])
            FormFile.objects.filter(pk__in=[row.pk for row in rows]).delete()
        erased += len(rows)
        if len(rows) < BATCH:
            return erased


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(str(text))
    except ValueError:
        return None
