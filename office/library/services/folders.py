"""Folders: making them, and giving folders and files another name."""

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from asp.audit.actor import Actor
from asp.audit.services import record
from asp.blobs.errors import SecretMarkRefused
from asp.blobs.marks import is_marked
from office.library import naming
from office.library.errors import NameChanged, TopFolder
from office.library.models import Node, NodeKind
from office.library.services import _index, _places


@transaction.atomic
def folder_create(*, actor: Actor, parent: Node, name: str) -> Node:
    """Make a folder (文件夹) called `name` in `parent` and return it.

    Raises FileNameRefused, NameTaken, TooDeep, InTrash, NoLongerThere.
    """
    name = name_check(name)
    (parent,) = _places.lock_live(parent)
    _places.depth_check(parent)
    _places.name_refuse_if_taken(parent.pk, name)
    folder = Node(
        cabinet=parent.cabinet,
        parent_id=parent.pk,
        path=parent.line,
        kind=NodeKind.FOLDER,
        created_by=actor.id,
        modified_by=actor.id,
        modified_at=timezone.now(),
    )
    _places.name_set(folder, name)
    folder.save(force_insert=True)
    _places.touch(actor=actor, folder=parent)
    _index.put([folder])
    record(
        actor=actor,
        action="library.folder_created",
        target_kind="library.folder",
        target_id=folder.pk,
        target_name=name,
        params={"place": parent.name},
    )
    return folder


@transaction.atomic
def folders_ensure(*, actor: Actor, parent: Node, names: Sequence[str]) -> Node:
    """Return the folder that `names` lead to from `parent`, making those that are not there yet.

    Where a file has the name, the folder gets a number. Raises what `folder_create` raises.
    """
    folder = parent
    for name in names:
        (folder,) = _places.lock_live(folder)
        rows = Node.objects.live().filter(
            parent_id=folder.pk, name_key=naming.key_of(name), kind=NodeKind.FOLDER
        )
        found = rows.select_related("cabinet").first()
        if found is None:
            free = naming.free_name(name, _places.taken_in(folder.pk))
            found = folder_create(actor=actor, parent=folder, name=free)
        folder = found
    return folder


@transaction.atomic
def node_rename(*, actor: Actor, node: Node, name: str, was: str = "") -> Node:
    """Call a folder or file `name`. With `was`, only if that is still its name.

    Raises FileNameRefused, NameTaken, NameChanged, InTrash, NoLongerThere, TopFolder.
    """
    name = name_check(name)
    (node,) = _places.lock_live(node)
    if node.is_top or node.parent_id is None:
        raise TopFolder
    if was and naming.key_of(was) != node.name_key and node.name != name:
        raise NameChanged(params={"name": node.name})
    if node.name == name:
        return node
    _places.name_refuse_if_taken(node.parent_id, name, besides=[node.pk])
    old = node.name
    _places.name_set(node, name)
    node.modified_by, node.modified_at = actor.id, timezone.now()
    node.save(update_fields=["name", "name_key", "sort_key", "modified_by", "modified_at"])
    _index.put([node])
    record(
        actor=actor,
        action="library.node_renamed",
        target_kind="library.folder" if node.is_folder else "library.file",
        target_id=node.pk,
        target_name=name,
        params={"old": old},
    )
    return node


def name_check(name: str) -> str:
    """Return a name as it is kept. Raises FileNameRefused, SecretMarkRefused."""
    name = naming.clean(name)
    if is_marked(name):
        raise SecretMarkRefused
    return name
