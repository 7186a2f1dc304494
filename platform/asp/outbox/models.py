"""What leaves a schema and what has arrived in it (发件箱, 收件箱); both in the public schema and every bureau's."""

from django.db import models
from django.utils import timezone

from asp.outbox.addresses import LONGEST
from tenants.keys import uuid7


class OutMessage(models.Model):
    """A message that waits for the relay, written in the transaction of what it tells of.

    Rows are never changed; the relay takes them out in the transaction in which it takes them over.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    to = models.CharField(max_length=LONGEST)
    type = models.CharField(max_length=100)
    subject = models.CharField(max_length=200, blank=True)
    body = models.JSONField()
    causation = models.UUIDField(null=True)
    occurred_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.type} to {self.to}"


class InMessage(models.Model):
    """A message that has had its effect here. Its key is the message's own: there is no second effect.

    The content is not kept: what the receiver needs of it, the consumer has copied into rows of its own.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    sender = models.CharField(max_length=LONGEST)
    seq = models.BigIntegerField()
    type = models.CharField(max_length=100)
    received_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.type} from {self.sender} #{self.seq}"
