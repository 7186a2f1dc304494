"""Content: a file's first version and the next ones. Nothing that arrived is ever overwritten."""

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from asp.audit.actor import Actor
from asp.audit.services import record
from office.library import naming
from office.library.errors import NoVersion
from office.library.limits import personal_check
from office.library.models import Node, NodeKind, Recent, Version
from office.library.services import _index, _places
from office.library.services.folders import name_check

if TYPE_CHECKING:
    from asp.blobs.models import Blob

SAME_VERSION = "version"
SAME_BOTH = "both"


@transaction.atomic
def file_store(
    *, actor: Actor, place: Node, name: str, blob: "Blob", same: str = SAME_VERSION
) -> tuple[Node, Version]:
    """Keep `blob` as a file called `name` in the folder `place`, or as the next version of the file `place`.

    Where the folder has a file of that name already, the content becomes its next version, or with
    `same="both"` a file of its own with a number in its name; a folder of that name always leads to
    the latter. Raises FileNameRefused, PersonalLimit, TooDeep, InTrash, NoLongerThere.
    """
    name = name_check(name)
    (place,) = _places.lock_live(place)
    personal_check(place.cabinet, adding=blob.size)
    if not place.is_folder:
        return place, _next(actor, place, blob)
    other = Node.objects.live().filter(parent_id=place.pk, name_key=naming.key_of(name)).first()
    if other is not None and not other.is_folder and same != SAME_BOTH:
        other.cabinet = place.cabinet
        return other, _next(actor, other, blob)
    if other is not None:
        name = naming.free_name(name, _places.taken_in(place.pk))
    return _first(actor, place, name, blob)


@transaction.atomic
def version_restore(*, actor: Actor, file: Node, number: int) -> Version:
    """Make an older version the current one again: a new version with the same content.

    Raises NoVersion if it is the current one, InTrash, NoLongerThere; Version.DoesNotExist.
    """
    (file,) = _places.lock_live(file)
    old = Version.objects.get(file=file, number=number)
    if old.number == file.number:
        raise NoVersion
    version = Version(
        file=file,
        number=file.number + 1,
        blob_id=old.blob_id,
        size=old.size,
        sha256=old.sha256,
        media_type=old.media_type,
        restored_from=old.number,
        uploaded_by=actor.id,
        uploaded_at=timezone.now(),
    )
    _make_current(actor, file, version)
    record(
        actor=actor,
        action="library.version_restored",
        target_kind="library.file",
        target_id=file.pk,
        target_name=file.name,
        params={"old": old.number, "number": version.number},
    )
    return version


@transaction.atomic
def file_read(*, actor: Actor, file: Node, version: Version) -> None:
    """Put on record that somebody takes the content (下载), and remember the file among those used lately."""
    note_use(actor=actor, file=file)
    record(
        actor=actor,
        action="library.file_read",
        target_kind="library.file",
        target_id=file.pk,
        target_name=file.name,
        params={"number": version.number},
    )


def note_use(*, actor: Actor, file: Node) -> None:
    """Remember that `actor` used a file just now."""
    if actor.id is None:
        return
    Recent.objects.bulk_create(
        [Recent(node=file, account_id=actor.id, used_at=timezone.now())],
        update_conflicts=True,
        unique_fields=["node", "account_id"],
        update_fields=["used_at"],
    )


def _first(actor: Actor, folder: Node, name: str, blob: "Blob") -> tuple[Node, Version]:
    _places.depth_check(folder)
    now = timezone.now()
    file = Node(
        cabinet=folder.cabinet,
        parent_id=folder.pk,
        path=folder.line,
        kind=NodeKind.FILE,
        number=1,
        blob_id=blob.pk,
        size=blob.size,
        media_type=blob.media_type,
        created_by=actor.id,
        modified_by=actor.id,
        modified_at=now,
    )
    _places.name_set(file, name)
    file.save(force_insert=True)
    version = _version(actor, file, 1, blob)
    version.save(force_insert=True)
    _places.touch(actor=actor, folder=folder)
    note_use(actor=actor, file=file)
    _index.put([file])
    record(
        actor=actor,
        action="library.file_added",
        target_kind="library.file",
        target_id=file.pk,
        target_name=name,
        params={"size": blob.size, "place": folder.name},
    )
    return file, version


def _next(actor: Actor, file: Node, blob: "Blob") -> Version:
    version = _version(actor, file, file.number + 1, blob)
    _make_current(actor, file, version)
    record(
        actor=actor,
        action="library.version_added",
        target_kind="library.file",
        target_id=file.pk,
        target_name=file.name,
        params={"number": version.number, "size": blob.size},
    )
    return version


def _version(actor: Actor, file: Node, number: int, blob: "Blob") -> Version:
    return Version(
        file=file,
        number=number,
        blob_id=blob.pk,
        size=blob.size,
        sha256=blob.sha256,
        media_type=blob.media_type,
        uploaded_by=actor.id,
        uploaded_at=timezone.now(),
    )


def _make_current(actor: Actor, file: Node, version: Version) -> None:
    version.save(force_insert=True)
    file.number, file.blob_id = version.number, version.blob_id
    file.size, file.media_type = version.size, version.media_type
    file.modified_by, file.modified_at = actor.id, version.uploaded_at
    file.save(update_fields=["number", "blob_id", "size", "media_type", "modified_by", "modified_at"])
    note_use(actor=actor, file=file)
