"""The trash (回收站): putting in, taking out, and deleting for ever, which only happens from there."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from asp.audit.actor import Actor
from asp.audit.services import record
from asp.blobs.models import Blob
from asp.blobs.services import blob_release
from office.library import naming
from office.library.errors import TopFolder
from office.library.limits import size_of
from office.library.models import Node, NodeKind, Version
from office.library.services import _index, _places

ERASE_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class Contents:
    """What lies in some nodes: told before it is lost."""

    folders: int
    files: int
    size: int


def contents_of(nodes: Sequence[Node]) -> Contents:
    """Count the folders and files in trashed `nodes`, themselves included, and the bytes of all versions."""
    rows = Node.objects.filter(trash_id__in=[node.pk for node in nodes])
    kinds = list(rows.values_list("kind", flat=True))
    files = sum(1 for kind in kinds if kind == NodeKind.FILE)
    return Contents(len(kinds) - files, files, size_of(Version.objects.filter(file__in=rows)))


@transaction.atomic
def nodes_trash(*, actor: Actor, nodes: Sequence[Node]) -> list[Node]:
    """Put `nodes` with everything in them into the trash; return those that were not there already.

    Raises TopFolder, MovedAway, NoLongerThere.
    """
    fresh = _places.lock(*nodes)
    if any(node.is_top for node in fresh):
        raise TopFolder
    chosen = {node.pk for node in fresh}
    done = []
    for node in fresh:
        if node.is_trashed or chosen.intersection(node.path):
            continue
        tree = Node.objects.live().with_below(node)
        keys = list(tree.values_list("pk", "kind"))
        tree.update(trash_id=node.pk)
        node.trash_id, node.trashed_by, node.trashed_at = node.pk, actor.id, timezone.now()
        node.save(update_fields=["trash_id", "trashed_by", "trashed_at"])
        _index.remove(keys)
        _record(actor, "library.node_trashed", node, {"files": _files(keys)})
        done.append(node)
    return done


@transaction.atomic
def nodes_restore(*, actor: Actor, nodes: Sequence[Node]) -> list[Node]:
    """Take `nodes` out of the trash, to where they were; return those that were still in it.

    Where the old folder is gone or in the trash, the nearest one above it that is not takes them. A
    name that is in use by now gets a number. Raises TooDeep never: it can only rise.
    """
    done = []
    for node in _places.lock(*nodes):
        if node.trash_id != node.pk:
            continue
        folder = _nearest_live(node)
        if folder.pk != node.parent_id:
            _places.place(node, into=folder)
        _places.name_set(node, naming.free_name(node.name, _places.taken_in(folder.pk)))
        Node.objects.below(node).filter(trash_id=node.pk).update(trash_id=None)
        node.trash_id = node.trashed_by = node.trashed_at = None
        node.save()
        _places.touch(actor=actor, folder=folder)
        _index.put_tree(actor=actor, node=node)
        _record(actor, "library.node_restored", node, {"place": folder.name})
        done.append(node)
    return done


@transaction.atomic
def nodes_erase(*, actor: Actor, nodes: Sequence[Node]) -> Contents:
    """Delete trashed `nodes` for ever, with all their versions; return what was lost.

    They disappear at once. Content of more than a few files is released by a job.
    """
    gone = [node for node in _places.lock(*nodes) if node.trash_id == node.pk]
    lost = contents_of(gone)
    for node in gone:
        _keep_apart(node)
        rows = Node.objects.filter(trash_id=node.pk)
        size = size_of(Version.objects.filter(file__in=rows))
        files = rows.filter(kind=NodeKind.FILE).count()
        rows.update(erasing=True)
        _record(actor, "library.node_erased", node, {"files": files, "size": size})
    if lost.files + lost.folders <= ERASE_AT_ONCE:
        for node in gone:
            tree_erase(actor=actor, top_id=node.pk)
    else:
        _erase_later(actor, gone)
    return lost


@transaction.atomic
def tree_erase(*, actor: Actor, top_id: uuid.UUID) -> int:
    """Remove the rows of something that is being erased and release its content; return how many files."""
    rows = Node.objects.select_for_update().filter(trash_id=top_id, erasing=True)
    keys = list(rows.values_list("pk", flat=True))
    blobs = set(Version.objects.filter(file_id__in=keys).values_list("blob_id", flat=True))
    for blob in Blob.objects.filter(pk__in=blobs).order_by("pk"):
        blob_release(actor=actor, blob=blob)
    Node.objects.filter(pk__in=keys).delete()
    return len(blobs)


def _erase_later(actor: Actor, nodes: Sequence[Node]) -> None:
    from asp.jobs import job_start
    from office.library.tasks import erase

    for node in nodes:
        job_start(
            actor=actor,
            job=erase,
            params={"top_id": node.pk},
            title_params={"name": node.name},
            key=f"library.erase:{node.pk}",
            about=node.pk,
        )


def _keep_apart(node: Node) -> None:
    """What was put into the trash before the folder around it is not lost with that folder."""
    above = Node.objects.select_related("cabinet").get(pk=node.path[-1])
    apart = Node.objects.below(node).exclude(trash_id=node.pk).filter(trashed_at__isnull=False, erasing=False)
    for each in apart.select_related("cabinet"):
        if Node.objects.filter(pk=each.path[-1], trash_id=node.pk).exists():
            _places.place(each, into=above)
            each.save(update_fields=["parent", "path", "cabinet"])


def _nearest_live(node: Node) -> Node:
    above = {each.pk: each for each in Node.objects.live().filter(pk__in=node.path).select_related("cabinet")}
    return next(above[key] for key in reversed(node.path) if key in above)


def _files(keys: Sequence[tuple[uuid.UUID, str]]) -> int:
    return sum(1 for _key, kind in keys if kind == NodeKind.FILE)


def _record(actor: Actor, action: str, node: Node, params: dict[str, object]) -> None:
    record(
        actor=actor,
        action=action,
        target_kind="library.folder" if node.is_folder else "library.file",
        target_id=node.pk,
        target_name=node.name,
        params=params,
    )
