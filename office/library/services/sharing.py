"""Access (授权): letting people, departments and posts into a folder or file."""

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from asp.accounts.subjects import PERSON, Subject, subject_labels
from asp.audit.actor import Actor
from asp.audit.services import record
from asp.notify.services import announce
from office.library.errors import NobodyToShareWith, OwnAccess
from office.library.models import Access, Level, Node
from office.library.selectors.access import is_own_row
from office.library.services import _index, _places

SHARED_KINDS = frozenset({"person", "department", "department_tree", "post", "everybody"})


@transaction.atomic
def access_grant(*, actor: Actor, node: Node, subject: Subject, level: Level) -> Access:
    """Let `subject` use `node` and everything in it at `level`; a grant that exists gets the new level.

    Raises NobodyToShareWith for a subject that is not there, InTrash, NoLongerThere.
    """
    if subject.kind not in SHARED_KINDS:
        raise NobodyToShareWith
    labels = subject_labels([subject])
    if subject.kind != "everybody" and subject not in labels:
        raise NobodyToShareWith
    (node,) = _places.lock_live(node)
    existing = Access.objects.filter(node=node, subject_kind=subject.kind, subject_id=subject.id).first()
    if existing is not None:
        return _change(actor=actor, node=node, access=existing, level=level)
    access = Access.objects.create(
        node=node, subject_kind=subject.kind, subject_id=subject.id, level=level, granted_by=actor.id
    )
    _index.put_tree(actor=actor, node=node)
    _record(actor, f"library.access_granted_{level.name.lower()}", node, subject)
    if subject.kind == PERSON and subject.id is not None:
        announce(
            kind="library.shared",
            to=[subject.id],
            params={"person": actor.name, "name": node.name, "level": int(level)},
            url=reverse("library:node", urlconf=settings.URL_TABLES["bureau"], args=[node.pk]),
            about=node.pk,
            key=f"shared:{node.pk}",
            actor=actor,
        )
    return access


@transaction.atomic
def access_change(*, actor: Actor, access: Access, level: Level) -> Access:
    """Change what a subject may do. Raises InTrash, NoLongerThere, Access.DoesNotExist."""
    (node,) = _places.lock_live(access.node)
    access = Access.objects.get(pk=access.pk)
    return _change(actor=actor, node=node, access=access, level=level)


@transaction.atomic
def access_revoke(*, actor: Actor, access: Access) -> None:
    """Take a grant back; what was granted further up stays. A second time changes nothing."""
    (node,) = _places.lock_live(access.node)
    if is_own_row(node.cabinet, access):
        raise OwnAccess
    deleted, _details = Access.objects.filter(pk=access.pk).delete()
    if not deleted:
        return
    _index.put_tree(actor=actor, node=node)
    subject = Subject(access.subject_kind, access.subject_id)
    _record(actor, "library.access_revoked", node, subject)


def _change(*, actor: Actor, node: Node, access: Access, level: Level) -> Access:
    old = Level(access.level)
    if old != level and is_own_row(node.cabinet, access):
        raise OwnAccess
    if old != level:
        access.level = level
        access.save(update_fields=["level"])
        subject = Subject(access.subject_kind, access.subject_id)
        _record(actor, f"library.access_changed_{level.name.lower()}", node, subject)
    return access


def _record(actor: Actor, action: str, node: Node, subject: Subject) -> None:
    choice = subject_labels([subject]).get(subject)
    record(
        actor=actor,
        action=action,
        target_kind="library.folder" if node.is_folder else "library.file",
        target_id=node.pk,
        target_name=node.name,
        params={"subject": choice.label if choice else subject.key, "subject_key": subject.key},
    )
