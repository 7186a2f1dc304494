"""What the relay knows: pairs of sites, and the messages under way between them. The host's alone."""

from django.db import models
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from asp.outbox.addresses import LONGEST
from tenants.keys import uuid7


class Pair(models.Model):
    """One direction between two sites: messages on it keep their order.

    `ready_at` is when the relay looks at it next, null while nothing waits. `held` says why nothing can be
    delivered although nothing is wrong with the messages; it costs them no attempts.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    sender = models.CharField(max_length=LONGEST)
    receiver = models.CharField(max_length=LONGEST)
    last_seq = models.BigIntegerField(default=0)
    ready_at = models.DateTimeField(null=True)
    held = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["sender", "receiver"], name="outbox_pair_once")]
        indexes = [
            models.Index(fields=["ready_at"], condition=Q(ready_at__isnull=False), name="outbox_pair_ready"),
        ]

    def __str__(self) -> str:
        return f"{self.sender} → {self.receiver}"


class EnvelopeState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    DELIVERED = "delivered", _("Delivered")
    DEAD = "dead", _("Given up")
    DISCARDED = "discarded", _("Dropped")


class Envelope(models.Model):
    """One message under way. Its content goes when it is delivered or discarded; the rest is kept a month."""

    id = models.UUIDField(primary_key=True, editable=False)
    pair = models.ForeignKey(Pair, on_delete=models.PROTECT, related_name="envelopes", db_index=False)
    seq = models.BigIntegerField()
    type = models.CharField(max_length=100)
    subject = models.CharField(max_length=200, blank=True)
    body = models.JSONField(null=True)
    causation = models.UUIDField(null=True)
    occurred_at = models.DateTimeField()
    accepted_at = models.DateTimeField()
    state = models.CharField(max_length=12, choices=EnvelopeState.choices, default=EnvelopeState.WAITING)
    attempts = models.PositiveIntegerField(default=0)
    error_code = models.CharField(max_length=64, blank=True)
    error_text = models.CharField(max_length=300, blank=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["pair", "seq"], name="outbox_envelope_order")]
        indexes = [
            # What the relay fetches and the console counts; the thousands delivered are not in it.
            models.Index(fields=["pair", "seq"], condition=Q(state="waiting"), name="outbox_waiting"),
            models.Index(fields=["id"], condition=Q(state="dead"), name="outbox_dead"),
            # What went to many receivers is found by what it is about.
            models.Index(fields=["subject"], condition=~Q(subject=""), name="outbox_subject"),
            # Answers are found by what they answer.
            models.Index(fields=["causation"], condition=Q(causation__isnull=False), name="outbox_causation"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.pair_id} #{self.seq} {self.state}"

    @property
    def state_label(self) -> str | Promise:
        return EnvelopeState(self.state).label
