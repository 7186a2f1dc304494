"""What came of each self-test. Rows may be added and read; see `function.py`."""

from django.db import models

from tenants.isolation.registry import Outcome


class Run(models.Model):
    """One self-test (自检) from beginning to end. Its key is that of its job, so an attempt that is repeated after its
    worker was killed stores nothing twice.

    `results` is a list of `{"probe", "control", "outcome", "text", "params"}`; texts are msgids. `software` is the
    fingerprint of the code that was tried.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField()
    actor_kind = models.CharField(max_length=16)
    actor_id = models.UUIDField(null=True)
    actor_name = models.CharField(max_length=200, blank=True)
    software = models.CharField(max_length=16)
    held = models.PositiveIntegerField()
    broken = models.PositiveIntegerField()
    not_tried = models.PositiveIntegerField()
    results = models.JSONField()

    class Meta:
        # Keys are UUIDv7: the primary key is the order in time.
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d %H:%M} {self.outcome}"

    @property
    def outcome(self) -> Outcome:
        """The worst of all: one thing broken, else one thing not tried, else everything held."""
        if self.broken:
            return Outcome.BROKEN
        return Outcome.NOT_TRIED if self.not_tried else Outcome.HELD
