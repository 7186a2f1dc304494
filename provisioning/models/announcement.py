"""What the host tells the bureaus' people (主机公告)."""

from django.db import models
from django.utils import timezone

from tenants.keys import uuid7

TITLE_MAX = 100
TEXT_MAX = 4000


class Announcement(models.Model):
    """One announcement to all bureaus, or to some. Each gets a copy of its own by a message."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    title = models.CharField(max_length=TITLE_MAX)
    title_en = models.CharField(max_length=TITLE_MAX * 2, blank=True)
    text = models.TextField(max_length=TEXT_MAX)
    text_en = models.TextField(max_length=TEXT_MAX * 2, blank=True)
    important = models.BooleanField(default=False)
    valid_until = models.DateField(null=True)
    receivers = models.PositiveIntegerField(default=0)
    published_by = models.CharField(max_length=200)
    published_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.title
