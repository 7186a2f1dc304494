"""Roles that the host proposes to bureaus (中央角色模板): a draft, its published versions, whom they were offered to."""

from django.db import models
from django.utils import timezone

from tenants.keys import uuid7

NAME_MAX = 60
NAME_EN_MAX = 100
DESCRIPTION_MAX = 300
NOTE_MAX = 200


class RoleTemplate(models.Model):
    """What is being written, and how far it was published.

    `version` is the last published one (0: none), `revision` counts publishing and withdrawing: receivers follow
    the highest that they have seen, so that what arrives late changes nothing. With `for_all`, bureaus that are
    opened later are offered it too.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=NAME_MAX)
    name_en = models.CharField(max_length=NAME_EN_MAX, blank=True)
    description = models.CharField(max_length=DESCRIPTION_MAX, blank=True)
    codes = models.JSONField(default=list)
    version = models.PositiveIntegerField(default=0)
    revision = models.PositiveIntegerField(default=0)
    for_all = models.BooleanField(default=False)
    withdrawn_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["name"], name="provisioning_roletemplate_name"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_offered(self) -> bool:
        """Whether bureaus can accept it now."""
        return self.version > 0 and self.withdrawn_at is None


class RoleTemplateVersion(models.Model):
    """One published version; never changed."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    template = models.ForeignKey(
        RoleTemplate, on_delete=models.PROTECT, related_name="versions", db_index=False
    )
    version = models.PositiveIntegerField()
    name = models.CharField(max_length=NAME_MAX)
    name_en = models.CharField(max_length=NAME_EN_MAX, blank=True)
    description = models.CharField(max_length=DESCRIPTION_MAX, blank=True)
    codes = models.JSONField(default=list)
    note = models.CharField(max_length=NOTE_MAX, blank=True)
    published_by = models.CharField(max_length=200)
    published_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-version"]
        constraints = [
            models.UniqueConstraint(fields=["template", "version"], name="provisioning_roletemplate_version"),
        ]

    def __str__(self) -> str:
        return f"{self.name} v{self.version}"


class RoleTemplateOffer(models.Model):
    """That a bureau was offered a template, and the little that it told of it: what it has, whether it uses it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    template = models.ForeignKey(
        RoleTemplate, on_delete=models.PROTECT, related_name="offers", db_index=False
    )
    bureau_id = models.UUIDField()
    received_version = models.PositiveIntegerField(default=0)
    accepted = models.BooleanField(default=False)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["template", "bureau_id"], name="provisioning_roletemplate_offer"),
        ]

    def __str__(self) -> str:
        return f"{self.template_id} → {self.bureau_id}"
