"""The file centre (文件中心): cabinets, what lies in them, its versions, and who may see it."""

import uuid
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tenants.keys import uuid7

# A tree deeper than this is a mistake, and its paths would not fit a Windows computer either.
MAX_DEPTH = 20
NOBODY_ID = uuid.UUID(int=0)


class CabinetKind(models.TextChoices):
    """Whose cabinet it is."""

    PERSONAL = "personal", _("Personal cabinet")
    DEPARTMENT = "department", _("Department cabinet")
    UNIT = "unit", _("Unit library")


class Level(models.IntegerChoices):
    """What somebody may do with a folder or file; each level includes those before it."""

    VIEW = 1, _("may view")
    EDIT = 2, _("may edit")
    MANAGE = 3, _("may manage")


class NodeKind(models.TextChoices):
    """Folders come before files in every list, and so does the value."""

    FOLDER = "d", _("Folder")
    FILE = "f", _("File")


class Cabinet(models.Model):
    """A cabinet (文件柜): of one person, of one department, or the library of the whole unit (单位资料库).

    `owner_id` is the account or the department; the unit library has the nil UUID. A cabinet's top
    folder is the node with the cabinet's own key. `limit` in bytes is for personal cabinets (None:
    only the bureau's quota counts).
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=16, choices=CabinetKind.choices)
    owner_id = models.UUIDField(default=NOBODY_ID)
    limit = models.BigIntegerField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "owner_id"], name="library_cabinet_owner"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.owner_id}"


class NodeQuerySet(models.QuerySet["Node"]):
    """Ways to narrow down nodes."""

    def live(self) -> Self:
        """What is not in the trash, neither itself nor with a folder above it."""
        return self.filter(trash_id__isnull=True)

    def below(self, node: "Node") -> Self:
        """Everything in `node`, at any depth, the trash included."""
        return self.filter(path__contains=[node.pk])

    def with_below(self, node: "Node") -> Self:
        """The same with `node` itself."""
        return self.filter(Q(pk=node.pk) | Q(path__contains=[node.pk]))


class Node(models.Model):
    """A folder or a file. Its place is `parent`; `path` repeats the keys from the cabinet's top to it.

    `name_key` is what makes two names the same (NFC, case folded); `sort_key` orders names as people
    expect (numbers by value, Chinese by pinyin). `trash_id` is the key of the thing that was put into
    the trash (回收站), on it and on everything in it; `trashed_at` and `trashed_by` are set on the former
    only. For files, `number`, `blob_id`, `size` and `media_type` repeat the current version.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    cabinet = models.ForeignKey(Cabinet, on_delete=models.PROTECT, related_name="nodes")
    parent = models.ForeignKey("self", on_delete=models.DO_NOTHING, null=True, related_name="children")
    path = ArrayField(models.UUIDField(), default=list)
    kind = models.CharField(max_length=1, choices=NodeKind.choices)
    name = models.CharField(max_length=255, blank=True)
    name_key = models.CharField(max_length=765, blank=True)
    sort_key = models.CharField(max_length=300, blank=True)
    number = models.PositiveIntegerField(default=0)
    blob_id = models.UUIDField(null=True)
    size = models.BigIntegerField(default=0)
    media_type = models.CharField(max_length=127, blank=True)
    created_by = models.UUIDField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    modified_by = models.UUIDField(null=True)
    modified_at = models.DateTimeField()
    trash_id = models.UUIDField(null=True)
    trashed_by = models.UUIDField(null=True)
    trashed_at = models.DateTimeField(null=True)
    erasing = models.BooleanField(default=False)

    objects = NodeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["parent", "name_key"], condition=Q(trash_id=None), name="library_node_name"
            ),
            models.CheckConstraint(
                condition=Q(kind=NodeKind.FOLDER) | Q(blob_id__isnull=False),
                name="library_node_file_has_content",
            ),
        ]
        indexes = [
            GinIndex(fields=["path"], name="library_node_path"),
            models.Index(fields=["trash_id"], condition=Q(trash_id__isnull=False), name="library_node_trash"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_folder(self) -> bool:
        """Whether other nodes can lie in it."""
        return self.kind == NodeKind.FOLDER

    @property
    def is_top(self) -> bool:
        """Whether it is a cabinet's top folder, which cannot be renamed, moved or trashed."""
        return self.parent_id is None

    @property
    def is_trashed(self) -> bool:
        """Whether it, or a folder above it, is in the trash."""
        return self.trash_id is not None

    @property
    def line(self) -> list[uuid.UUID]:
        """The keys from the cabinet's top to this node, itself included."""
        return [*self.path, self.pk]

    @property
    def extension(self) -> str:
        """The part of a file's name that says its kind, in lower case, without the dot."""
        stem, dot, extension = self.name.rpartition(".")
        return extension.lower() if dot and stem and not self.is_folder else ""


class Version(models.Model):
    """One version (版本) of a file. Restoring an older one makes a new version with the same content."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    file = models.ForeignKey(Node, on_delete=models.CASCADE, related_name="versions", db_index=False)
    number = models.PositiveIntegerField()
    blob_id = models.UUIDField()
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64, blank=True)
    media_type = models.CharField(max_length=127, blank=True)
    restored_from = models.PositiveIntegerField(null=True)
    uploaded_by = models.UUIDField(null=True)
    uploaded_at = models.DateTimeField()

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["file", "number"], name="library_version_number"),
        ]

    def __str__(self) -> str:
        return f"{self.file_id} v{self.number}"


class Access(models.Model):
    """That a subject may view, edit or manage a node and everything in it (授权).

    Rights add up: nothing below takes away what was given above.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    node = models.ForeignKey(Node, on_delete=models.CASCADE, related_name="accesses", db_index=False)
    subject_kind = models.CharField(max_length=16)
    subject_id = models.UUIDField()
    level = models.PositiveSmallIntegerField(choices=Level.choices, default=Level.VIEW)
    granted_by = models.UUIDField(null=True)
    granted_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["node", "subject_kind", "subject_id"], name="library_access_once"
            ),
        ]
        indexes = [
            models.Index(fields=["subject_id", "subject_kind"], name="library_access_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.subject_kind}:{self.subject_id} {self.level} {self.node_id}"


class Recent(models.Model):
    """When a person last read or changed a file (最近使用)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    node = models.ForeignKey(Node, on_delete=models.CASCADE, related_name="uses", db_index=False)
    account_id = models.UUIDField()
    used_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["node", "account_id"], name="library_recent_once"),
        ]
        indexes = [
            models.Index(fields=["account_id", "-used_at"], name="library_recent_of"),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.node_id}"
