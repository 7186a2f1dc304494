"""Background work (后台任务): the row is the truth, the queue only carries its id."""

import datetime

from django.db import models
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tenants.keys import uuid7


class JobState(models.TextChoices):
    QUEUED = "queued", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


OPEN_STATES = (JobState.QUEUED, JobState.RUNNING)


class Job(models.Model):
    """One piece of work that was asked for, with its progress, its result or the reason of its failure.

    `attempts` counts how often a worker took it, `failures` how often it raised: the difference are
    workers that vanished. Texts are codes and parameters, put into words in the reader's language.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=100)
    queue = models.CharField(max_length=32, default="default")
    title_params = models.JSONField(default=dict)
    params = models.JSONField(default=dict)
    about = models.UUIDField(null=True)
    retry_of = models.UUIDField(null=True)
    key = models.CharField(max_length=200, blank=True)
    actor_kind = models.CharField(max_length=16)
    actor_id = models.UUIDField(null=True)
    actor_name = models.CharField(max_length=200, blank=True)
    request_id = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=16, choices=JobState.choices, default=JobState.QUEUED)
    attempts = models.PositiveIntegerField(default=0)
    failures = models.PositiveIntegerField(default=0)
    max_attempts = models.PositiveIntegerField(default=3)
    progress_done = models.BigIntegerField(default=0)
    progress_total = models.BigIntegerField(default=0)
    progress_code = models.CharField(max_length=64, blank=True)
    progress_params = models.JSONField(default=dict)
    result = models.JSONField(null=True)
    error_code = models.CharField(max_length=100, blank=True)
    error_text = models.TextField(blank=True)
    error_params = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)
    run_after = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    heartbeat_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            # What makes a double submission one job: a key is free again once its job has ended.
            models.UniqueConstraint(
                fields=["key"],
                condition=Q(state__in=("queued", "running")) & ~Q(key=""),
                name="jobs_job_key_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.id} {self.state}"

    @property
    def is_open(self) -> bool:
        """Whether the job still waits or runs."""
        return self.state in OPEN_STATES

    @property
    def duration(self) -> datetime.timedelta | None:
        """How long it took from its first attempt; None before it has ended. Never below zero."""
        if self.started_at is None or self.finished_at is None:
            return None
        return max(self.finished_at - self.started_at, datetime.timedelta())

    @property
    def vanished(self) -> int:
        """How many workers ended while they had it."""
        return self.attempts - self.failures

    @property
    def title(self) -> str:
        """What the job does, in the reader's language."""
        from asp.jobs.texts import job_title

        return job_title(self)

    @property
    def error(self) -> str:
        """Why the job failed, in the reader's language; empty while it has not."""
        from asp.jobs.texts import job_error

        return job_error(self)

    @property
    def progress_text(self) -> str:
        """What the job is doing now, in the reader's language; may be empty."""
        from asp.jobs.texts import job_progress

        return job_progress(self)

    @property
    def actor_label(self) -> str:
        """Who asked for the job, in the reader's language."""
        from asp.jobs.texts import actor_text

        return actor_text(self.actor_kind, self.actor_name)

    @property
    def state_label(self) -> str | Promise:
        return JobState(self.state).label
