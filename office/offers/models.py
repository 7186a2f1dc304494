"""What the host proposes to an office; today roles (中央角色模板), each a copy of the office's own."""

from django.db import models
from django.utils import timezone

from asp.accounts.models import Role


class RoleOffer(models.Model):
    """A role that the host offers. Its key is the template's.

    The first fields say what is offered now. Once the office has made a role of it, `taken_version` and `base` keep
    what was taken over, so that the office's own changes and the host's can be told apart.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    revision = models.PositiveIntegerField()
    version = models.PositiveIntegerField()
    name = models.CharField(max_length=60)
    name_en = models.CharField(max_length=100, blank=True)
    description = models.CharField(max_length=300, blank=True)
    codes = models.JSONField(default=list)
    note = models.CharField(max_length=200, blank=True)
    published_at = models.DateTimeField()
    received_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True)
    declined_version = models.PositiveIntegerField(default=0)
    role = models.ForeignKey(Role, on_delete=models.SET_NULL, null=True, db_index=False, related_name="+")
    taken_version = models.PositiveIntegerField(default=0)
    base = models.JSONField(null=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return f"{self.name} v{self.version}"

    @property
    def is_taken(self) -> bool:
        """Whether a role of the office stands for it; a role that was removed does not."""
        return self.role_id is not None

    @property
    def is_declined(self) -> bool:
        """Whether the office has said no to what is offered now; a newer version asks again."""
        return not self.is_taken and self.declined_version == self.version

    @property
    def waits(self) -> bool:
        """Whether somebody should decide: it is new, or has a newer version than was taken over."""
        if self.withdrawn_at is not None or self.is_declined:
            return False
        return not self.is_taken or self.version > self.taken_version
