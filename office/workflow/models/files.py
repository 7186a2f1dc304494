"""Attachments of forms."""

from django.db import models
from django.db.models import Q

from asp.accounts.models import Account
from office.workflow.models.instances import Instance
from tenants.keys import uuid7


class FormFile(models.Model):
    """A file in a form (表单附件). Without an instance it was uploaded by `account` and not used yet."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    instance = models.ForeignKey(
        Instance, on_delete=models.PROTECT, null=True, related_name="files", db_index=False
    )
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", db_index=False)
    account_name = models.CharField(max_length=200)
    blob_id = models.UUIDField()
    name = models.CharField(max_length=255)
    size = models.BigIntegerField()
    media_type = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(
                fields=["instance"], name="workflow_file_instance", condition=Q(instance__isnull=False)
            ),
            models.Index(fields=["created_at"], name="workflow_file_loose", condition=Q(instance=None)),
        ]

    def __str__(self) -> str:
        return self.name
