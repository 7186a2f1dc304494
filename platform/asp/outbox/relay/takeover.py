"""The first half of the way: from a sender's outbox into the relay's envelopes, in one transaction."""

import logging
import uuid
from dataclasses import dataclass

from django.db import connection, transaction
from django.utils import timezone

from asp.jobs import sites
from asp.outbox.models import OutMessage
from asp.outbox.relay.models import Envelope, Pair
from tenants.context import host_context
from tenants.models import Doorbell

log = logging.getLogger(__name__)

BATCH = 500
KIND = "outbox"

# One row for each site that has rung, with its oldest bells; senders take turns.
RUNG = """
    SELECT bureau_id, array_agg(id ORDER BY id) AS bells FROM (
        SELECT id, bureau_id, row_number() OVER (PARTITION BY bureau_id ORDER BY id) AS place
        FROM tenants_doorbell WHERE kind = %s
    ) rung WHERE place <= %s GROUP BY bureau_id ORDER BY (array_agg(id ORDER BY id))[1]"""


@dataclass(frozen=True, slots=True)
class Rung:
    """A site that has something to send, and the doorbells that say so."""

    bureau_id: uuid.UUID | None
    bells: list[uuid.UUID]


def rung() -> list[Rung]:
    """Return the sites that have rung, the one that has waited longest first."""
    with host_context(), connection.cursor() as cursor:
        cursor.execute(RUNG, [KIND, BATCH])
        return [Rung(bureau_id, list(bells)) for bureau_id, bells in cursor.fetchall()]


def take_over(each: Rung) -> int:
    """Take over what a site has to send, oldest first; return how many messages.

    The sender's rows, the envelopes, their numbers and the bells change together or not at all.
    """
    key = sites.bureau_key(each.bureau_id)
    try:
        with sites.entered(key), transaction.atomic():
            return _take_over(key, each.bells)
    except sites.UnknownSiteError:
        log.warning("sender %s is gone; %s doorbells with it", key, len(each.bells))
        with host_context():
            Doorbell.objects.filter(id__in=each.bells).delete()
        return 0
    except sites.SiteClosedError as closed:
        log.info("%s: what it has to send waits", closed)
        return 0


def _take_over(sender: str, bells: list[uuid.UUID]) -> int:
    # Should a second relay be about (one that is being stopped, one started by hand), it waits here and then
    # finds nothing. Offices may not update what they have sent, so their rows cannot be locked.
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"takeover:{sender}"])
    messages = list(OutMessage.objects.order_by("id")[:BATCH])
    OutMessage.objects.filter(id__in=[each.id for each in messages]).delete()
    now = timezone.now()
    with host_context():
        envelopes = []
        for receiver in sorted({each.to for each in messages}):
            theirs = [each for each in messages if each.to == receiver]
            pair = _pair(sender, receiver)
            for each in theirs:
                pair.last_seq += 1
                envelopes.append(
                    Envelope(
                        id=each.id,
                        pair=pair,
                        seq=pair.last_seq,
                        type=each.type,
                        subject=each.subject,
                        body=each.body,
                        causation=each.causation,
                        occurred_at=each.occurred_at,
                        accepted_at=now,
                    )
                )
            # A pair that is waiting out a failure goes on waiting.
            pair.ready_at = pair.ready_at or now
            pair.save(update_fields=["last_seq", "ready_at"])
        Envelope.objects.bulk_create(envelopes)
        # The bells were heard before the messages were read; with a full batch there may be more behind them.
        if len(messages) < BATCH:
            Doorbell.objects.filter(id__in=bells).delete()
        else:
            Doorbell.objects.filter(kind=KIND, ref__in=[each.id for each in messages]).delete()
    return len(messages)


def _pair(sender: str, receiver: str) -> Pair:
    Pair.objects.bulk_create([Pair(sender=sender, receiver=receiver)], ignore_conflicts=True)
    return Pair.objects.select_for_update().get(sender=sender, receiver=receiver)
