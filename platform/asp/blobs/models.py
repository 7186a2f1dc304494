"""Content (文件内容), uploads under way, and what the site's storage may hold. The bytes lie on S3."""

from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from asp.blobs import frames
from tenants.keys import uuid7

STORAGE_ACCOUNT_ID = UUID("00000000-0000-7000-8000-000000000001")
GIBIBYTE = 1024**3


class BlobState(models.TextChoices):
    RECEIVING = "receiving", _("Being received")
    CHECKING = "checking", _("Being checked")
    READY = "ready", _("Ready")
    BROKEN = "broken", _("Broken")
    RELEASED = "released", _("Released")
    ERASED = "erased", _("Erased")


# States in which the content is whole and somebody owns it.
HELD_STATES = (BlobState.CHECKING, BlobState.READY, BlobState.BROKEN)


class Blob(models.Model):
    """The content of one file: never changed, named by its id alone, sealed with a key of its own.

    Whoever owns the content (a file's version, an attachment) keeps its name and its rights. The row
    stays when the content is erased: without its key the object could not be read any more. Content with
    an `expires_at` has no lasting owner (an export to be fetched): it goes by itself.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64, blank=True)
    media_type = models.CharField(max_length=127, blank=True)
    declared_type = models.CharField(max_length=127, blank=True)
    format_version = models.PositiveSmallIntegerField(default=frames.FORMAT_VERSION)
    algorithm = models.CharField(max_length=16, default=frames.ALGORITHM)
    wrapped_key = models.BinaryField(null=True)
    state = models.CharField(max_length=16, choices=BlobState.choices, default=BlobState.RECEIVING)
    reason = models.CharField(max_length=64, blank=True)
    created_by = models.UUIDField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    checked_at = models.DateTimeField(null=True)
    released_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["expires_at"],
                condition=Q(expires_at__isnull=False) & ~Q(state="erased"),
                name="blobs_blob_expires",
            ),
            # The eraser's question, every hour; the rest of the table is not in it.
            models.Index(fields=["released_at"], condition=Q(state="released"), name="blobs_blob_released"),
        ]

    def __str__(self) -> str:
        return f"{self.id} {self.state}"

    @property
    def is_ready(self) -> bool:
        """Whether the content was read back and found whole: only then it is handed out."""
        return self.state == BlobState.READY


class UploadState(models.TextChoices):
    RECEIVING = "receiving", _("Being received")
    DONE = "done", _("Arrived")
    REFUSED = "refused", _("Refused")
    TERMINATED = "terminated", _("Ended by the sender")
    EXPIRED = "expired", _("Expired")


class Upload(models.Model):
    """A resumable upload (断点续传, tus 1.0.0) from its declaration to its result.

    `offset` counts what is safely stored: whole parts, then the tail. `parts` lists the SHA-256 of the
    plaintext and the store's tag of each part that arrived; the intent names the part that may have
    been sealed already though nobody knows whether it arrived. The lease says which request writes.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, db_index=False, related_name="+")
    state = models.CharField(max_length=16, choices=UploadState.choices, default=UploadState.RECEIVING)
    purpose = models.CharField(max_length=64)
    target = models.CharField(max_length=255, blank=True)
    filename = models.CharField(max_length=255)
    binding = models.JSONField(default=dict)
    result = models.JSONField(null=True)
    refusal = models.JSONField(null=True)
    account_id = models.UUIDField(null=True)
    draft_hash = models.CharField(max_length=64, blank=True)
    claimed = models.BooleanField(default=False)
    length = models.BigIntegerField()
    offset = models.BigIntegerField(default=0)
    reserved = models.BigIntegerField(default=0)
    part_size = models.BigIntegerField()
    parts = models.JSONField(default=list)
    multipart = models.CharField(max_length=1024, blank=True)
    intent_part = models.PositiveIntegerField(null=True)
    intent_sha256 = models.CharField(max_length=64, blank=True)
    tail = models.UUIDField(null=True)
    tail_size = models.PositiveIntegerField(default=0)
    tail_key = models.BinaryField(null=True)
    lease = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    remains = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(offset__gte=0) & Q(offset__lte=F("length")), name="blobs_upload_offset"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.id} {self.state} {self.offset}/{self.length}"

    @property
    def is_anonymous(self) -> bool:
        """Whether it was sent without an account, and belongs to a draft (草稿) in one browser."""
        return self.account_id is None


class StorageAccount(models.Model):
    """How much the site may store (存储配额), stores and has promised to uploads; exactly one row."""

    id = models.UUIDField(primary_key=True, default=STORAGE_ACCOUNT_ID, editable=False)
    limit = models.BigIntegerField(default=10 * GIBIBYTE)
    used = models.BigIntegerField(default=0)
    reserved = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(id=STORAGE_ACCOUNT_ID), name="blobs_storageaccount_one"),
            models.CheckConstraint(
                condition=Q(used__gte=0) & Q(reserved__gte=0), name="blobs_storageaccount_sums"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.used}+{self.reserved}/{self.limit}"
