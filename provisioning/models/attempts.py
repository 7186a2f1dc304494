"""Counters against guessing. In PostgreSQL, so that they hold when Valkey is down or was wiped."""

from django.db import models


class Attempts(models.Model):
    """How often something was tried under one key since `since`; see `provisioning.limits`."""

    key = models.CharField(max_length=64, primary_key=True)
    count = models.PositiveIntegerField(default=0)
    since = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.key[:8]} {self.count}"
