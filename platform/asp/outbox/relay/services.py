"""What administrators do with messages that could not be delivered, and trying the route to a bureau."""

import uuid
from collections.abc import Collection

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from asp.audit.actor import Actor
from asp.audit.services import Act, record, record_many
from asp.outbox import addresses
from asp.outbox.models import OutMessage
from asp.outbox.probe import PROBE
from asp.outbox.relay.models import Envelope, EnvelopeState, Pair
from asp.outbox.services import message_send
from asp.ui.errors import Conflict, UserFacingError


class NothingChosen(UserFacingError):
    """No message was ticked."""

    code = "outbox.nothing_chosen"
    message = _("Choose at least one message.")


class NotDead(Conflict):
    """The message is on its way, was delivered, or somebody has decided about it."""

    code = "outbox.not_dead"
    message = _("This message is not given up (any more). Look at it again.")


@transaction.atomic
def envelopes_replay(*, actor: Actor, ids: Collection[uuid.UUID]) -> int:
    """Send messages that were given up once more; return how many. Others among `ids` are left alone.

    Raises NothingChosen. A message that comes late comes after younger ones: it had lost its place.
    """
    if not ids:
        raise NothingChosen
    dead = list(
        Envelope.objects.select_for_update(of=("self",))
        .select_related("pair")
        .filter(id__in=ids, state=EnvelopeState.DEAD)
    )
    Envelope.objects.filter(id__in=[each.id for each in dead]).update(
        state=EnvelopeState.WAITING, attempts=0, error_code="", error_text="", ended_at=None
    )
    Pair.objects.filter(id__in={each.pair_id for each in dead}).update(ready_at=timezone.now(), held="")
    record_many(_act(actor, "outbox.message_replayed", each) for each in dead)
    return len(dead)


@transaction.atomic
def envelope_discard(*, actor: Actor, envelope_id: uuid.UUID, reason: str) -> Envelope:
    """Give a message up for good; its content goes at once. Raises NotDead."""
    found = (
        Envelope.objects.select_for_update(of=("self",)).select_related("pair").filter(id=envelope_id).first()
    )
    if found is None or found.state != EnvelopeState.DEAD:
        raise NotDead
    found.state, found.body, found.ended_at = EnvelopeState.DISCARDED, None, timezone.now()
    found.save(update_fields=["state", "body", "ended_at"])
    record_many([_act(actor, "outbox.message_discarded", found, reason=reason)])
    return found


@transaction.atomic
def route_check(*, actor: Actor, bureau_id: uuid.UUID, name: str) -> OutMessage:
    """Send a bureau a message that it answers by itself."""
    message = message_send(to=addresses.bureau(bureau_id), type=PROBE, body={})
    record(
        actor=actor,
        action="outbox.route_checked",
        target_kind="tenants.bureau",
        target_id=bureau_id,
        target_name=name,
        params={"name": name},
    )
    return message


def _act(actor: Actor, action: str, envelope: Envelope, **params: object) -> Act:
    return Act(
        actor=actor,
        action=action,
        target_kind="outbox.message",
        target_id=envelope.id,
        target_name=envelope.type,
        params={"type": envelope.type, "from": envelope.pair.sender, "to": envelope.pair.receiver, **params},
    )
