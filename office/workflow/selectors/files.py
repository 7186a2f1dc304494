"""Attachments of forms as a form shows them (表单附件)."""

import uuid
from collections.abc import Collection, Mapping

from django.db.models import Q
from django.urls import reverse

from asp.accounts.models import Account
from asp.forms import FileDesk, FileInfo
from office.workflow.models import FormFile, Instance, Process

PURPOSE = "workflow.form"
MOST_BYTES = 100 * 1024 * 1024
START_TARGET = "start:"


def desk_for_start(account: Account, process: Process) -> FileDesk:
    """Where the files of a form go that is not sent yet."""
    return _desk(account, f"{START_TARGET}{process.pk}", Q(pk__in=[]))


def desk_for_instance(account: Account, instance: Instance) -> FileDesk:
    """Where the files of an instance's form go; those that are in it already may stay."""
    return _desk(account, str(instance.pk), Q(instance=instance))


def _desk(account: Account, target: str, inside: Q) -> FileDesk:
    def describe(ids: Collection[str]) -> Mapping[str, FileInfo]:
        keys = [key for key in map(_uuid, ids) if key is not None]
        mine = Q(instance=None, account=account)
        rows = FormFile.objects.filter(mine | inside, pk__in=keys)
        return {str(each.pk): info_of(each) for each in rows}

    return FileDesk(PURPOSE, target, describe, MOST_BYTES)


def info_of(file: FormFile) -> FileInfo:
    """A file as forms show it."""
    url = reverse("workflow:file", args=[file.pk])
    return FileInfo(str(file.pk), file.name, file.size, file.media_type, url)


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(str(text))
    except ValueError:
        return None
