"""Copies of the chain heads, kept by the host: a bureau's log cannot lose its tail unnoticed."""

from django.db import models
from django.db.models import Q

from tenants.keys import uuid7


class Head(models.Model):
    """The newest seal of one site. `bureau_id` is null for the host's own log."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    bureau_id = models.UUIDField(null=True)
    seq = models.BigIntegerField()
    digest = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["bureau_id"], nulls_distinct=False, name="audit_head_one_per_site"
            ),
            models.CheckConstraint(condition=Q(seq__gte=1), name="audit_head_seq_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.bureau_id or 'host'} #{self.seq}"


class SignedHead(models.Model):
    """What one site's chain had come to on one day, signed by the host (每日签名).

    Each statement names the digest of the one before, so a day that is taken out is seen. `chain` is `host`
    or the bureau's id; `day` is a day in Asia/Shanghai.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    chain = models.CharField(max_length=40)
    day = models.DateField()
    seq = models.BigIntegerField()
    digest = models.CharField(max_length=64)
    at = models.DateTimeField()
    previous = models.CharField(max_length=64, blank=True)
    signature = models.CharField(max_length=88)

    class Meta:
        ordering = ["chain", "day"]
        constraints = [models.UniqueConstraint(fields=["chain", "day"], name="audit_signed_once_a_day")]

    def __str__(self) -> str:
        return f"{self.chain} {self.day} #{self.seq}"
