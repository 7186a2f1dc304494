"""The calendar of the country, in the public schema: written by the host, read by every bureau."""

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tenants.keys import uuid7


class Source(models.TextChoices):
    NOTICE = "notice", _("Notice of the State Council")
    TABLE = "table", _("Table of dates")


class Year(models.Model):
    """A year whose arrangement is known, and where from. Years without a row are provisional.

    `provisional` years have one that is expected, not published: their days count, and everything that is
    computed from them says so.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    year = models.PositiveSmallIntegerField(unique=True)
    source = models.CharField(max_length=16, choices=Source.choices)
    number = models.CharField(max_length=100, blank=True)
    text = models.TextField(blank=True)
    provisional = models.BooleanField(default=False)
    confirmed_by = models.CharField(max_length=200, blank=True)  # empty: it came with the software
    confirmed_at = models.DateTimeField()

    class Meta:
        ordering = ["year"]

    def __str__(self) -> str:
        return f"{self.year} {self.number}"

    @property
    def source_label(self) -> str | Promise:
        return Source(self.source).label


class Day(models.Model):
    """A day that a notice names: off, or worked although it is a weekend.

    A notice may reach into December of the year before; where two name the same day, the later one counts.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    year = models.ForeignKey(Year, on_delete=models.CASCADE, related_name="days", db_index=False)
    date = models.DateField()
    works = models.BooleanField()
    name = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["year", "date"], name="workdays_day_once")]

    def __str__(self) -> str:
        return f"{self.date} {'worked' if self.works else 'off'}"


class Change(models.Model):
    """One change of the calendar, numbered from 1: the history, and how everybody knows that theirs is old."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.PositiveIntegerField(unique=True)
    year = models.PositiveSmallIntegerField()
    source = models.CharField(max_length=16, choices=Source.choices)
    notice = models.CharField(max_length=100, blank=True)
    provisional = models.BooleanField(default=False)
    first = models.DateField()
    last = models.DateField()
    moved = models.PositiveSmallIntegerField()
    made_by = models.CharField(max_length=200, blank=True)
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["-number"]

    def __str__(self) -> str:
        return f"#{self.number} {self.year}"
