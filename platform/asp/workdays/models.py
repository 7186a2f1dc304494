"""What each site has of its own: local days, office hours, and the log of deadlines that moved.

The calendar of the country is in `asp.workdays.national`.
"""

import uuid

from django.db import models

from tenants.keys import uuid7

ONE = uuid.UUID(int=1)  # the key of a table with one row


class State(models.Model):
    """One row: which calendar this site has, and up to where its open deadlines follow it.

    `version` changes with every local day and with the hours (empty: the host's). `applied` is the last change of
    the country's calendar that open deadlines were recomputed for; `pending` are local changes for which that has
    still to be done, each with its first and last day and its reason.
    """

    id = models.UUIDField(primary_key=True, default=ONE, editable=False)
    version = models.UUIDField(default=uuid7)
    hours = models.CharField(max_length=60, blank=True)
    applied = models.PositiveIntegerField(default=0)
    pending = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"calendar {self.version}"


class LocalDay(models.Model):
    """A day that is off, or worked, in this bureau only, and why."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    date = models.DateField(unique=True)
    works = models.BooleanField()
    reason = models.CharField(max_length=100)
    made_by = models.CharField(max_length=200)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["date"]

    def __str__(self) -> str:
        return f"{self.date} {'worked' if self.works else 'off'}"

    @property
    def pk_text(self) -> str:
        """The key as text, for ids of the page."""
        return str(self.pk)


class DeadlineChange(models.Model):
    """An open deadline that moved because the calendar changed. Rows are only added.

    `kind` and `object_id` say whose it is; no title, because the page is read by administrators who read no
    content. `reasons` are codes with parameters. None: there was, or is, no end that could be known.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=64)
    object_id = models.UUIDField()
    old_due = models.DateTimeField(null=True)
    new_due = models.DateTimeField(null=True)
    provisional = models.BooleanField(default=False)
    reasons = models.JSONField(default=list)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id}: {self.old_due} → {self.new_due}"
