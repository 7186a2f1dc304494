"""The audit log (审计日志) of one site: entries, and the seals that chain them.

Both tables are INSERT and SELECT only for every role of the application; see `function.py`.
"""

from django.db import models
from django.utils import timezone

from tenants.keys import uuid7


class Entry(models.Model):
    """One act: who did what to which thing, when and from where.

    The sentence that people read is not stored: `action` names a registered text that is filled with
    `params` in the reader's language.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    occurred_at = models.DateTimeField(default=timezone.now, editable=False)
    actor_kind = models.CharField(max_length=16)
    actor_id = models.UUIDField(null=True)
    actor_name = models.CharField(max_length=200, blank=True)
    action = models.CharField(max_length=100)
    target_kind = models.CharField(max_length=64, blank=True)
    target_id = models.UUIDField(null=True)
    target_name = models.CharField(max_length=500, blank=True)
    params = models.JSONField(default=dict)
    ip = models.GenericIPAddressField(null=True)
    request_id = models.CharField(max_length=64, blank=True)

    class Meta:
        # Keys are UUIDv7, so the primary key is also the order in time: no further index.
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.occurred_at:%Y-%m-%d %H:%M:%S} {self.action}"


class Seal(models.Model):
    """One link of the chain (封存): which entry came at place `seq`, and the digest of everything before.

    `seq` has no sequence behind it: the sealer counts, and the unique key refuses a second chain.
    """

    entry = models.UUIDField(primary_key=True, editable=False)
    seq = models.BigIntegerField(unique=True)
    entry_digest = models.CharField(max_length=64)
    previous = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    sealed_at = models.DateTimeField()

    class Meta:
        ordering = ["seq"]

    def __str__(self) -> str:
        return f"#{self.seq} {self.digest[:12]}"
