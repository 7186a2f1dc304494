"""What can be started: processes, their drafts and their published versions."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from tenants.keys import uuid7

# What is large in a row: pages and steps that only name the process leave it out (`large_of`).
PROCESS_LARGE = ("draft_bpmn", "draft_form", "origin_text")
VERSION_LARGE = ("bpmn", "spec", "form")


def large_of(*, process: str = "", version: str = "") -> list[str]:
    """The large fields of a process and of a version that are reached by these relations, for `defer`."""
    ways = ((process, PROCESS_LARGE), (version, VERSION_LARGE))
    return [f"{way}__{name}" for way, names in ways if way for name in names]


class ProcessKind(models.TextChoices):
    """Who says what comes next: the drawing, or whoever has it in hand."""

    FIXED = "fixed", _("Fixed flow")
    OPEN = "open", _("Open flow")


class Process(models.Model):
    """A process (流程) that a bureau has, with the draft of its next version.

    `code` is what other functions and called processes name it by. `audience` holds subject keys of those who may
    start it (empty: all staff). `function` is the code of the function that starts it by itself; such a process is
    not offered to people. `origin`, `origin_version` and `origin_text` ({form, bpmn}) say which central template it
    was made of, so that news can be merged; `template` and `offered_version` say what the host offers now.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.CharField(max_length=60)
    kind = models.CharField(max_length=8, choices=ProcessKind.choices, default=ProcessKind.FIXED)
    name = models.CharField(max_length=100)
    name_en = models.CharField(max_length=200, blank=True)
    description = models.TextField(blank=True)
    description_en = models.TextField(blank=True)
    category = models.CharField(max_length=60, blank=True)
    audience = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    function = models.CharField(max_length=60, blank=True)
    current = models.ForeignKey(
        "ProcessVersion", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    draft_bpmn = models.TextField(blank=True)
    draft_form = models.JSONField(null=True)
    draft_revision = models.PositiveIntegerField(default=0)  # of the draft; who saves an older one is told
    draft_by_name = models.CharField(max_length=200, blank=True)
    draft_at = models.DateTimeField(null=True)
    last_number = models.PositiveIntegerField(default=0)
    origin = models.CharField(max_length=60, blank=True)
    origin_version = models.PositiveIntegerField(default=0)
    origin_text = models.JSONField(null=True)
    sort = models.PositiveIntegerField(default=100)
    created_at = models.DateTimeField(auto_now_add=True)
    stopped_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["sort", "id"]
        constraints = [models.UniqueConstraint(fields=["code"], name="workflow_process_code")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_open(self) -> bool:
        """Whether the holder chooses the next person each time (开放流程)."""
        return self.kind == ProcessKind.OPEN

    @property
    def startable(self) -> bool:
        """Whether anything can be begun with it now."""
        return self.current_id is not None and self.stopped_at is None


class ProcessVersion(models.Model):
    """A published version (流程版本): never changed again, for instances keep the one they began with.

    `bpmn` is the drawing as it was published, `spec` what the engine runs, `form` the definition of its form.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    process = models.ForeignKey(Process, on_delete=models.PROTECT, related_name="versions", db_index=False)
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=100)
    name_en = models.CharField(max_length=200, blank=True)
    bpmn = models.TextField()
    spec = models.JSONField()
    form = models.JSONField()
    note = models.TextField(blank=True)
    engine = models.CharField(max_length=40)
    published_by = models.UUIDField(null=True)
    published_by_name = models.CharField(max_length=200, blank=True)
    published_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["process", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["process", "number"], name="workflow_version_number"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.number}"

    @property
    def digest(self) -> str:
        """Which specification a state of this version belongs to."""
        spec: dict[str, Any] = self.spec
        return str(spec["digest"])
