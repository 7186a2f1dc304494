"""Moving folders and files, within a cabinet and from one to another."""

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from asp.audit.actor import Actor
from asp.audit.services import record
from office.library.errors import IntoItself, TopFolder
from office.library.limits import personal_check, size_of
from office.library.models import Node, Version
from office.library.services import _index, _places


@transaction.atomic
def nodes_move(*, actor: Actor, nodes: Sequence[Node], target: Node) -> int:
    """Move `nodes` with everything in them into the folder `target`; return how many moved.

    All or nothing. The caller has checked the rights at both ends. Rights granted on the things
    themselves go with them; those of the old place end, those of the new one begin. Raises TopFolder,
    IntoItself, TooDeep, NameTaken, PersonalLimit, InTrash, MovedAway, NoLongerThere.
    """
    *fresh, target = _places.lock_live(*nodes, target)
    moving = [node for node in fresh if node.parent_id != target.pk]
    chosen = {node.pk for node in moving}
    # A folder takes along what was ticked inside it.
    moving = [node for node in moving if not chosen.intersection(node.path)]
    for node in moving:
        _check(node, target)
    incoming = [node for node in moving if node.cabinet_id != target.cabinet_id]
    if incoming:
        personal_check(target.cabinet, adding=sum(_size_of(node) for node in incoming))
    for node in moving:
        _move(actor, node, target)
    if moving:
        _places.touch(actor=actor, folder=target)
    return len(moving)


def _check(node: Node, target: Node) -> None:
    if node.is_top:
        raise TopFolder
    if node.pk in target.line:
        raise IntoItself(params={"name": node.name})
    _places.depth_check(target, below=_places.height_of(node) if node.is_folder else 0)
    _places.name_refuse_if_taken(target.pk, node.name, besides=[node.pk])


def _move(actor: Actor, node: Node, target: Node) -> None:
    # Two of those that move may have the same name: the second finds the first there.
    _places.name_refuse_if_taken(target.pk, node.name, besides=[node.pk])
    old = Node.objects.values_list("name", flat=True).get(pk=node.path[-1])
    _places.place(node, into=target)
    node.modified_by, node.modified_at = actor.id, timezone.now()
    node.save(update_fields=["parent", "path", "cabinet", "modified_by", "modified_at"])
    _index.put_tree(actor=actor, node=node)
    record(
        actor=actor,
        action="library.node_moved",
        target_kind="library.folder" if node.is_folder else "library.file",
        target_id=node.pk,
        target_name=node.name,
        params={"old": old, "place": target.name},
    )


def _size_of(node: Node) -> int:
    return size_of(Version.objects.filter(file__in=Node.objects.with_below(node)))
