"""One-time links (一次性链接) for activation and a new password."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tenants.keys import uuid7


class LinkPurpose(models.TextChoices):
    """What a link is good for."""

    ACTIVATION = "activation", _("Activation")
    RESET = "reset", _("New password")


class LinkChannel(models.TextChoices):
    """How a link reaches its person."""

    MAIL = "mail", _("Mail")
    SLIP = "slip", _("Printed slip")
    HALL = "hall", _("Fetched in the hall")


class Link(models.Model):
    """Permission to set a password once. The token is not stored: see `asp.accounts.links`."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account = models.ForeignKey("accounts.Account", on_delete=models.CASCADE, related_name="links")
    purpose = models.CharField(max_length=16, choices=LinkPurpose.choices)
    channel = models.CharField(max_length=16, choices=LinkChannel.choices)
    token_hash = models.CharField(max_length=64)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["token_hash"], name="accounts_link_token_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.id}"

    @property
    def is_live(self) -> bool:
        """Whether the link can still be used."""
        return self.used_at is None and self.revoked_at is None and self.expires_at > timezone.now()
