"""Messages to people outside the system's own pages: today mail (邮件), later SMS (短信)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from tenants.keys import uuid7


class Channel(models.TextChoices):
    MAIL = "mail", _("Mail")


class MessageState(models.TextChoices):
    QUEUED = "queued", _("Waiting")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Failed")
    SUPPRESSED = "suppressed", _("Not sent: no mail relay is set")


class Message(models.Model):
    """One message to one address. The text is made when it is sent, and so is the link in it.

    `link` names a one-time link by its id; its address contains a secret and is never stored here.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    channel = models.CharField(max_length=8, choices=Channel.choices, default=Channel.MAIL)
    address = models.CharField(max_length=254)
    template = models.CharField(max_length=100)
    params = models.JSONField(default=dict)
    language = models.CharField(max_length=10)
    link = models.UUIDField(null=True)
    state = models.CharField(max_length=12, choices=MessageState.choices, default=MessageState.QUEUED)
    attempts = models.PositiveIntegerField(default=0)
    next_try = models.DateTimeField(null=True)
    error = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        indexes = [
            # What the sender asks for; the thousands already sent are not in it.
            models.Index(fields=["next_try"], condition=models.Q(state="queued"), name="asp_message_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.template} {self.id} {self.state}"
