"""Cabinets come into being when they are first needed."""

import uuid
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from asp.accounts.subjects import DEPARTMENT, EVERYBODY, PERSON, Subject
from asp.audit.actor import Actor
from asp.audit.services import record
from office.library.models import NOBODY_ID, Access, Cabinet, CabinetKind, Level, Node, NodeKind

if TYPE_CHECKING:
    from asp.accounts.models import Account

GIBIBYTE = 1024**3
PERSONAL_LIMIT = 2 * GIBIBYTE


@transaction.atomic
def cabinet_open_personal(*, actor: Actor, account: "Account") -> Cabinet:
    """Return the personal cabinet (个人文件柜) of `account`, made now if this is the first time."""
    return _open(
        actor=actor,
        kind=CabinetKind.PERSONAL,
        owner_id=account.pk,
        subject=Subject(PERSON, account.pk),
        level=Level.MANAGE,
        name=account.name,
        limit=PERSONAL_LIMIT,
    )


@transaction.atomic
def cabinet_open_department(*, actor: Actor, department_id: uuid.UUID, name: str) -> Cabinet:
    """Return the cabinet of a department (部门文件柜), made now if this is the first time.

    Its members may edit. Those of the departments below it get nothing by that: the cabinet, or a
    folder of it, can be shared with "the department and those below it".
    """
    return _open(
        actor=actor,
        kind=CabinetKind.DEPARTMENT,
        owner_id=department_id,
        subject=Subject(DEPARTMENT, department_id),
        level=Level.EDIT,
        name=name,
    )


@transaction.atomic
def cabinet_open_unit(*, actor: Actor) -> Cabinet:
    """Return the library of the whole unit (单位资料库), which everybody who works here may read."""
    return _open(
        actor=actor, kind=CabinetKind.UNIT, owner_id=NOBODY_ID, subject=EVERYBODY, level=Level.VIEW, name=""
    )


def seed() -> None:
    """What a new office starts with: the unit library, empty."""
    cabinet_open_unit(actor=Actor.system("seed"))


def _open(
    *,
    actor: Actor,
    kind: CabinetKind,
    owner_id: uuid.UUID,
    subject: Subject,
    level: Level,
    name: str,
    limit: int | None = None,
) -> Cabinet:
    found = Cabinet.objects.filter(kind=kind, owner_id=owner_id).first()
    if found is not None:
        return found
    cabinet = Cabinet(kind=kind, owner_id=owner_id, limit=limit)
    Cabinet.objects.bulk_create([cabinet], ignore_conflicts=True)
    if not Cabinet.objects.filter(pk=cabinet.pk).exists():
        # Somebody's other window was faster; this one waited for its transaction.
        return Cabinet.objects.get(kind=kind, owner_id=owner_id)
    top = Node.objects.create(
        id=cabinet.pk,
        cabinet=cabinet,
        kind=NodeKind.FOLDER,
        name=name,
        created_by=actor.id,
        modified_by=actor.id,
        modified_at=timezone.now(),
    )
    Access.objects.create(node=top, subject_kind=subject.kind, subject_id=subject.id, level=level)
    record(
        actor=actor,
        action="library.cabinet_opened",
        target_kind="library.cabinet",
        target_id=cabinet.pk,
        target_name=name or str(CabinetKind(kind).value),
    )
    return cabinet
