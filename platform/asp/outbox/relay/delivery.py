"""The second half of the way: from the envelopes into the receiver's inbox, with the effect, exactly once."""

import datetime
import logging
import traceback
from collections.abc import Sequence
from enum import Enum

from django.db import InterfaceError, OperationalError, transaction
from django.utils import timezone

from asp.outbox import consumers
from asp.outbox.addresses import bureau_id_of
from asp.outbox.consumers import NotUnderstoodError, Received
from asp.outbox.models import InMessage
from asp.outbox.relay.models import Envelope, EnvelopeState, Pair
from tenants import version
from tenants.context import bureau_context, current_site, host_context
from tenants.models import Bureau, BureauState
from tenants.site import Site

log = logging.getLogger(__name__)

BATCH = 200
# A receiver that is there and refuses: seventeen tries over more than a day, then the message is given up and
# the pair goes on. Whoever looks at the console can send it again. No pause is longer than three hours: behind
# this message waits everything else of the pair, also when the receiver has long been well again.
PAUSES = (1, 5, 15, 60, 180, 600, 1800, 3600, *[3 * 3600] * 8)
HELD_PAUSE = 10
NOT_UNDERSTOOD_PAUSE = 60
RECEIVING_STATES = (BureauState.SETTING_UP, BureauState.ACTIVE)

SUSPENDED = "outbox.receiver_suspended"
UNDER_MAINTENANCE = "outbox.receiver_maintenance"
NOT_UNDERSTOOD = "outbox.not_understood"
GONE = "outbox.receiver_gone"
FAILED = "outbox.consumer_failed"


class Went(Enum):
    """What became of one look at a pair."""

    DELIVERED = "delivered"
    EMPTY = "empty"
    HELD = "held"
    FAILED = "failed"


def deliver(pair: Pair) -> tuple[Went, int]:
    """Deliver the next messages of a pair in their order; return how it went and how many were delivered."""
    envelopes = _next(pair)
    if not envelopes:
        _look_again(pair, None)
        return Went.EMPTY, 0
    site, reason = _receiver(pair.receiver)
    if site is None:
        if reason == GONE:
            _bury(envelopes, GONE, "")
            return Went.FAILED, 0
        _look_again(pair, HELD_PAUSE, held=reason)
        return Went.HELD, 0
    try:
        _deliver_all(pair, site, envelopes)
        delivered = len(envelopes)
    except (OperationalError, InterfaceError):
        raise  # the database went away: no fault of any message
    except Exception:  # noqa: BLE001 - one of them cannot be taken; which one is found out singly
        delivered, went = _deliver_singly(pair, site, envelopes)
        if went is not None:
            return went, delivered
    _look_again(pair, 0)
    return Went.DELIVERED, delivered


def _next(pair: Pair) -> list[Envelope]:
    with host_context():
        waiting = Envelope.objects.filter(pair=pair, state=EnvelopeState.WAITING)
        return list(waiting.order_by("seq")[:BATCH])


def _receiver(address: str) -> tuple[Site | None, str]:
    """The receiver's site, or why nothing can be delivered there now."""
    bureau_id = bureau_id_of(address)
    if bureau_id is None:
        return Site("host"), ""
    with host_context():
        bureau = Bureau.objects.filter(id=bureau_id).first()
    if bureau is None or bureau.state == BureauState.CLOSED:
        return None, GONE
    if bureau.state == BureauState.SUSPENDED:
        return None, SUSPENDED
    if bureau.state not in RECEIVING_STATES or bureau.version != version.code_version():
        return None, UNDER_MAINTENANCE
    return Site("bureau", bureau.ref), ""


def _deliver_all(pair: Pair, site: Site, envelopes: Sequence[Envelope]) -> None:
    """Inbox, effects and envelopes in one transaction: all of them, or nothing."""
    with bureau_context(site.bureau) if site.bureau else host_context(), transaction.atomic():
        known = set(
            InMessage.objects.filter(id__in=[each.id for each in envelopes]).values_list("id", flat=True)
        )
        fresh = [each for each in envelopes if each.id not in known]
        InMessage.objects.bulk_create(
            [InMessage(id=each.id, sender=pair.sender, seq=each.seq, type=each.type) for each in fresh]
        )
        for each in fresh:
            consumers.find(each.type, current_site()).handler(_received(pair, each))
        with host_context():
            Envelope.objects.filter(id__in=[each.id for each in envelopes]).update(
                state=EnvelopeState.DELIVERED,
                body=None,
                error_code="",
                error_text="",
                ended_at=timezone.now(),
            )


def _received(pair: Pair, envelope: Envelope) -> Received:
    event, number = consumers.parse(envelope.type)
    return Received(
        id=envelope.id,
        event=event,
        version=number,
        sender=pair.sender,
        to=pair.receiver,
        seq=envelope.seq,
        subject=envelope.subject,
        body=envelope.body or {},
        occurred_at=envelope.occurred_at,
        causation=envelope.causation,
    )


def _deliver_singly(pair: Pair, site: Site, envelopes: Sequence[Envelope]) -> tuple[int, Went | None]:
    """Up to the first that cannot be taken, which is noted; None if all could be taken after all."""
    delivered = 0
    for each in envelopes:
        try:
            _deliver_all(pair, site, [each])
        except (OperationalError, InterfaceError):
            raise
        except NotUnderstoodError:
            # It may come from newer code than ours: it is kept, and costs no attempt.
            _note(each, NOT_UNDERSTOOD, each.type, attempts=each.attempts)
            _look_again(pair, NOT_UNDERSTOOD_PAUSE, held=NOT_UNDERSTOOD)
            return delivered, Went.HELD
        except Exception as error:  # noqa: BLE001 - whatever a consumer raises is noted with its message
            # Where it failed, without the error's own words: they may quote what the bureaus told each other.
            where = "".join(traceback.format_tb(error.__traceback__)[-2:])
            name = type(error).__name__
            log.error(
                "message %s (%s) was not taken by %s: %s\n%s", each.id, each.type, pair.receiver, name, where
            )
            if not _failed(pair, each, error):
                return delivered, Went.FAILED
            continue
        delivered += 1
    return delivered, None


def _failed(pair: Pair, envelope: Envelope, error: Exception) -> bool:
    """Note a failed try; return whether it was the last, so that the pair goes on without this message."""
    attempts = envelope.attempts + 1
    # The class only: the text of an error may quote what bureaus told each other.
    text = type(error).__name__
    if attempts > len(PAUSES):
        _bury([envelope], FAILED, text, attempts=attempts)
        return True
    _note(envelope, FAILED, text, attempts=attempts)
    _look_again(pair, PAUSES[attempts - 1])
    return False


def _note(envelope: Envelope, code: str, text: str, *, attempts: int) -> None:
    with host_context():
        Envelope.objects.filter(id=envelope.id, state=EnvelopeState.WAITING).update(
            error_code=code, error_text=text[:300], attempts=attempts
        )


def _bury(envelopes: Sequence[Envelope], code: str, text: str, *, attempts: int | None = None) -> None:
    fields: dict[str, object] = {"state": EnvelopeState.DEAD, "error_code": code, "error_text": text[:300]}
    if attempts is not None:
        fields["attempts"] = attempts
    log.error("%s messages are given up: %s %s", len(envelopes), code, text)
    with host_context():
        Envelope.objects.filter(id__in=[each.id for each in envelopes], state=EnvelopeState.WAITING).update(
            **fields, ended_at=timezone.now()
        )


@transaction.atomic
def _look_again(pair: Pair, seconds: float | None, *, held: str = "") -> None:
    """When the pair is looked at next; None: when something new comes, unless something has come meanwhile."""
    with host_context():
        if seconds is None:
            # The row is locked, so nothing can be taken over for this pair between the question and the answer.
            Pair.objects.select_for_update().get(pk=pair.pk)
            if Envelope.objects.filter(pair=pair, state=EnvelopeState.WAITING).exists():
                seconds = 0
        at = None if seconds is None else timezone.now() + datetime.timedelta(seconds=seconds)
        Pair.objects.filter(pk=pair.pk).update(ready_at=at, held=held)
