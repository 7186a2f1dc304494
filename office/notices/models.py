"""Notices (公告) in an office; today those of the host, each a copy of the bureau's own."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from asp.ui.moments import today


class NoticeQuerySet(models.QuerySet["HostNotice"]):
    """Ways to narrow down notices."""

    def shown(self) -> "NoticeQuerySet":
        """Those that stand: neither withdrawn nor over."""
        return self.filter(Q(valid_until=None) | Q(valid_until__gte=today()), withdrawn_at=None)


class HostNotice(models.Model):
    """An announcement of the host (主机公告). Its key is the announcement's."""

    id = models.UUIDField(primary_key=True, editable=False)
    title = models.CharField(max_length=100)
    title_en = models.CharField(max_length=200, blank=True)
    text = models.TextField()
    text_en = models.TextField(blank=True)
    important = models.BooleanField(default=False)
    valid_until = models.DateField(null=True)
    published_at = models.DateTimeField()
    received_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.title
