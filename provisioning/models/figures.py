"""What bureaus have told the host of themselves: numbers, never names or content."""

import datetime

from django.db import models
from django.utils import timezone

# Reported every five minutes: three missed reports are no accident.
STALE_AFTER = datetime.timedelta(minutes=16)


class BureauFigures(models.Model):
    """The latest figures (运行数据) of one bureau, as its own report says them.

    `problems` maps codes of `provisioning.figures.PROBLEMS` to counts.
    """

    bureau = models.OneToOneField(
        "tenants.Bureau", on_delete=models.CASCADE, primary_key=True, related_name="figures"
    )
    people = models.PositiveIntegerField(default=0)
    active_people = models.PositiveIntegerField(default=0)
    storage_used = models.BigIntegerField(default=0)
    last_activity_at = models.DateTimeField(null=True)
    problems = models.JSONField(default=dict)
    reported_at = models.DateTimeField()

    class Meta:
        ordering = ["bureau_id"]

    def __str__(self) -> str:
        return f"{self.bureau_id} {self.reported_at:%Y-%m-%d %H:%M}"

    @property
    def is_stale(self) -> bool:
        """Whether the bureau has not reported for so long that something is wrong."""
        return timezone.now() - self.reported_at > STALE_AFTER
