"""Who stands in for whom, and when."""

from django.db import models

from asp.accounts.models import Account
from tenants.keys import uuid7


class Absence(models.Model):
    """An absence (外出委托): from `begins` until `ends` the deputy gets what would have come to the person.

    `processes` holds ids of the processes that it is for; empty: all. `moves` says whether what was open already
    when it began goes to the deputy as well.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", db_index=False)
    deputy = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", db_index=False)
    begins = models.DateTimeField()
    ends = models.DateTimeField()
    processes = models.JSONField(default=list)
    moves = models.BooleanField(default=False)
    moved_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=300, blank=True)
    set_by_name = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-begins"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends__gt=models.F("begins")), name="workflow_absence_span"
            ),
        ]
        indexes = [models.Index(fields=["account", "-ends"], name="workflow_absence_account")]

    def __str__(self) -> str:
        return f"{self.account_id} → {self.deputy_id}"
