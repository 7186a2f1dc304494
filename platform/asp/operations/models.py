"""What the console knows of backups: the process's own report, and what administrators have asked it for."""

from uuid import UUID

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tenants.keys import uuid7

REPORT_ID = UUID("00000000-0000-7000-8000-000000000002")


class BackupReport(models.Model):
    """How backups stand, as the backup process said last; exactly one row, in the public schema.

    A silent process leaves an old one: whoever shows it says how old.
    """

    id = models.UUIDField(primary_key=True, default=REPORT_ID, editable=False)
    report = models.JSONField()
    said_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(id=REPORT_ID), name="operations_backupreport_one"),
        ]

    def __str__(self) -> str:
        return f"report of {self.said_at:%Y-%m-%d %H:%M:%S}"


class BackupKind(models.TextChoices):
    BASE = "base", _("Backup of the database")
    MIRROR = "mirror", _("Mirror of the object store")


class BackupRequest(models.Model):
    """Somebody wants a backup before its time. The process takes it as soon as it sees it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=16, choices=BackupKind.choices, default=BackupKind.BASE)
    asked_at = models.DateTimeField(default=timezone.now)
    taken_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            # Two administrators, or a double click: one wish.
            models.UniqueConstraint(
                fields=["kind"], condition=models.Q(taken_at=None), name="operations_one_open_wish"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} asked for at {self.asked_at:%Y-%m-%d %H:%M:%S}"
