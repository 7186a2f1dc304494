"""One attempt to open an office (开通)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from provisioning.models.application import Application
from tenants.keys import uuid7


class OpeningState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("In progress")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")


class Opening(models.Model):
    """What an opening did and how long each step took; while it runs, its job tells that.

    `steps` is a list of `{"code", "seconds", "params"}` in the order in which they happened. The reason
    of a failure is stored as the error's code, its untranslated text and parameters.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="openings")
    job_id = models.UUIDField(null=True, blank=True)
    number = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=16, choices=OpeningState.choices, default=OpeningState.WAITING)
    actor_kind = models.CharField(max_length=16)
    actor_id = models.UUIDField(null=True, blank=True)
    actor_name = models.CharField(max_length=200, blank=True)
    steps = models.JSONField(default=list)
    failed_step = models.CharField(max_length=32, blank=True)
    error_code = models.CharField(max_length=100, blank=True)
    error_text = models.TextField(blank=True)
    error_params = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.application_id} #{self.number} {self.state}"

    @property
    def is_open(self) -> bool:
        """Whether it still waits or runs."""
        return self.state in (OpeningState.WAITING, OpeningState.RUNNING)
