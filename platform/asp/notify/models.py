"""What people are told (通知提醒), and how they wish to be told."""

import datetime

from django.db import models
from django.db.models import Q
from django.utils import timezone

from tenants.keys import uuid7

DAILY_AT = datetime.time(8, 30)


class Notification(models.Model):
    """One thing that one person is told. Its words are made from `kind` and `params` for whoever reads it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account = models.ForeignKey("accounts.Account", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=64)
    params = models.JSONField(default=dict)
    url = models.CharField(max_length=300, blank=True)
    about = models.UUIDField(null=True)
    key = models.CharField(max_length=120, blank=True)
    listed = models.BooleanField(default=True)
    mail_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["account", "-id"], name="notify_of_account"),
            models.Index(fields=["account"], condition=Q(read_at=None, listed=True), name="notify_unread"),
            models.Index(fields=["mail_at"], condition=Q(mail_at__isnull=False), name="notify_to_mail"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "key"], condition=Q(read_at=None) & ~Q(key=""), name="notify_once_unread"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} for {self.account_id}"


class Wishes(models.Model):
    """How one person wishes to be told: `choices` by kind, where they differ from what the kind proposes.

    Times are those of Asia/Shanghai. Between `quiet_from` and `quiet_until` no mail is sent.
    """

    account = models.OneToOneField(
        "accounts.Account", on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    choices = models.JSONField(default=dict)
    quiet_from = models.TimeField(null=True)
    quiet_until = models.TimeField(null=True)
    daily_at = models.TimeField(default=DAILY_AT)

    def __str__(self) -> str:
        return f"wishes of {self.account_id}"
