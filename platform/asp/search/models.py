"""One index per bureau over everything that has a name (统一检索)."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.utils import timezone

from tenants.keys import uuid7


class SearchEntry(models.Model):
    """One thing that can be found, and the subjects who may find it.

    Written by the service that changes the thing, in the same transaction. `words` is made by
    `asp.search.segment`, which also cuts the query, so both are always cut alike.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=64)
    object_id = models.UUIDField()
    title = models.CharField(max_length=500)
    subtitle = models.CharField(max_length=500, blank=True)
    url_path = models.CharField(max_length=500)
    subjects = ArrayField(models.CharField(max_length=64), default=list)
    words = SearchVectorField()
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "object_id"], name="search_entry_one_per_object"),
        ]
        indexes = [
            GinIndex(fields=["words", "subjects"], name="search_entry_words"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.title}"
