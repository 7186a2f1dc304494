"""Locks and the shape of the tree. Structure changes only while its cabinet's row is locked.

One lock per cabinet is what makes names unique with a clear message, moves free of cycles and paths
right, however many people work at once; uploads take it only when their last byte has arrived.
"""

import uuid
from collections.abc import Iterable

from django.db.models.expressions import RawSQL
from django.utils import timezone

from asp.audit.actor import Actor
from office.library import naming
from office.library.errors import InTrash, MovedAway, NameTaken, NoLongerThere, TooDeep
from office.library.models import MAX_DEPTH, Cabinet, Node


def lock(*nodes: Node) -> list[Node]:
    """Lock the cabinets of `nodes` and return the nodes as they are now.

    Raises NoLongerThere for one that was deleted, MovedAway for one that is in another cabinet by now.
    """
    cabinets = {node.cabinet_id for node in nodes}
    locked = {
        row.pk: row for row in Cabinet.objects.select_for_update().filter(pk__in=cabinets).order_by("pk")
    }
    found = {node.pk: node for node in Node.objects.filter(pk__in={node.pk for node in nodes}, erasing=False)}
    fresh = []
    for node in nodes:
        now = found.get(node.pk)
        if now is None:
            raise NoLongerThere
        if now.cabinet_id not in locked:
            raise MovedAway
        now.cabinet = locked[now.cabinet_id]
        fresh.append(now)
    return fresh


def lock_live(*nodes: Node) -> list[Node]:
    """The same, for nodes that must not be in the trash. Raises InTrash too."""
    fresh = lock(*nodes)
    for node in fresh:
        if node.is_trashed:
            raise InTrash(params={"name": node.name})
    return fresh


def taken_in(folder_id: uuid.UUID, *, besides: Iterable[uuid.UUID] = ()) -> set[str]:
    """The name keys that are in use in a folder."""
    rows = Node.objects.live().filter(parent_id=folder_id).exclude(pk__in=list(besides))
    return set(rows.values_list("name_key", flat=True))


def name_refuse_if_taken(folder_id: uuid.UUID, name: str, *, besides: Iterable[uuid.UUID] = ()) -> None:
    """Raise NameTaken if the folder has something else of this name."""
    rows = Node.objects.live().filter(parent_id=folder_id, name_key=naming.key_of(name))
    if rows.exclude(pk__in=list(besides)).exists():
        raise NameTaken(params={"name": name})


def name_set(node: Node, name: str) -> None:
    """Give `node` a clean name with what is derived from it; the caller saves."""
    node.name, node.name_key, node.sort_key = name, naming.key_of(name), naming.sort_key_of(name)


def depth_check(folder: Node, *, below: int = 0) -> None:
    """Raise TooDeep unless something with `below` levels in it fits into `folder`."""
    if len(folder.path) + 1 + below > MAX_DEPTH:
        raise TooDeep(params={"limit": MAX_DEPTH})


def height_of(node: Node) -> int:
    """How many levels lie below `node`."""
    deepest = Node.objects.below(node).order_by("-path__len").values_list("path__len", flat=True).first()
    return deepest - len(node.path) if deepest else 0


def touch(*, actor: Actor, folder: Node) -> None:
    """Note that what lies in `folder` has changed."""
    Node.objects.filter(pk=folder.pk).update(modified_by=actor.id, modified_at=timezone.now())


def place(node: Node, *, into: Node) -> None:
    """Put `node`, and everything in it, into the folder `into`; the caller saves the node's own name."""
    start = len(node.path) + 1
    Node.objects.below(node).update(
        path=RawSQL("%s::uuid[] || path[%s:]", [into.line, start]),
        cabinet_id=into.cabinet_id,
    )
    node.parent_id, node.path, node.cabinet = into.pk, into.line, into.cabinet
