"""One spreadsheet of people on its way in."""

import json
import zlib
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from tenants.keys import uuid7


class ImportState(models.TextChoices):
    """From the file to the people."""

    CHECKING = "checking", _("Being checked")
    PREVIEWED = "previewed", _("Checked, not imported yet")
    RUNNING = "running", _("Being imported")
    DONE = "done", _("Imported")
    FAILED = "failed", _("Not imported")
    DISCARDED = "discarded", _("Discarded")


class Import(models.Model):
    """An import of people (人员导入). `rows` holds what was read from the file, compressed.

    Whether a row is new or changes somebody is not stored: it is worked out against the people there
    are, once for the preview and again when it is confirmed. After that only the refused rows are kept.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    state = models.CharField(max_length=16, choices=ImportState.choices, default=ImportState.CHECKING)
    filename = models.CharField(max_length=255)
    blob_id = models.UUIDField(null=True)
    job_id = models.UUIDField(null=True)
    rows = models.BinaryField(null=True)
    create_departments = models.BooleanField(default=False)
    create_posts = models.BooleanField(default=False)
    counts = models.JSONField(default=dict)
    ignored = models.JSONField(default=list)
    problem = models.JSONField(null=True)
    created_by = models.UUIDField(null=True)
    created_by_name = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.filename} {self.state}"

    def rows_read(self) -> list[dict[str, Any]]:
        """The rows as the check wrote them; empty before it has."""
        return json.loads(zlib.decompress(bytes(self.rows))) if self.rows else []

    def rows_write(self, rows: list[dict[str, Any]]) -> None:
        """Keep `rows` (JSON types only) compressed; the caller saves."""
        self.rows = zlib.compress(json.dumps(rows, ensure_ascii=False, separators=(",", ":")).encode(), 6)
