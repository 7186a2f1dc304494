"""Answers that were given, for those who ask the same once more."""

from django.db import models
from django.utils import timezone

from asp.accounts.encryption import EncryptedField


class Answer(models.Model):
    """One request that had its effect. `id` is a digest: of who asked, the key they sent, and what they asked.

    `content` is encrypted: answers may hold recovery codes or slips. It is empty for an answer that was too long
    or was streamed; then it can only be said that the work is done.
    """

    id = models.CharField(max_length=64, primary_key=True)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    headers = models.JSONField(default=dict)
    content = EncryptedField(null=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["created_at"], name="idempotency_age")]

    def __str__(self) -> str:
        return f"{self.id[:12]} {self.status}"
