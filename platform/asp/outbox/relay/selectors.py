"""Reading the relay's tables: pages of the console, figures of the health page. Host only."""

import datetime
import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, Min, Q, QuerySet
from django.http import Http404
from django.utils import timezone

from asp.outbox import addresses
from asp.outbox.probe import ANSWER, PROBE
from asp.outbox.relay.models import Envelope, EnvelopeState, Pair
from tenants.context import host_context
from tenants.models import Bureau, Doorbell

PROBES_SHOWN = 5
HELD = "held"


@dataclass(frozen=True)
class RelayFigures:
    """How the relay stands. `oldest_waiting_seconds` is 0 when nothing waits that could be delivered."""

    waiting: int
    held: int
    dead: int
    oldest_waiting_seconds: float


def relay_figures() -> RelayFigures:
    """Return how much waits, is held back, was given up."""
    with host_context():
        waiting = Envelope.objects.filter(state=EnvelopeState.WAITING)
        sums = waiting.aggregate(
            held=Count("id", filter=~Q(pair__held="")),
            free=Count("id", filter=Q(pair__held="")),
            oldest=Min("accepted_at", filter=Q(pair__held="")),
        )
        rung = Doorbell.objects.filter(kind="outbox").aggregate(count=Count("id"), oldest=Min("rung_at"))
        oldest = min(filter(None, (sums["oldest"], rung["oldest"])), default=None)
        return RelayFigures(
            waiting=sums["free"] + rung["count"],
            held=sums["held"],
            dead=Envelope.objects.filter(state=EnvelopeState.DEAD).count(),
            oldest_waiting_seconds=(timezone.now() - oldest).total_seconds() if oldest else 0.0,
        )


def envelope_counts() -> dict[str, int]:
    """How many messages there are in each state that the list shows; held ones are not among the waiting."""
    figures = relay_figures()
    return {
        "waiting": Envelope.objects.filter(state=EnvelopeState.WAITING, pair__held="").count(),
        HELD: figures.held,
        "dead": figures.dead,
    }


def envelope_list(*, state: str = "", bureau: uuid.UUID | None = None) -> QuerySet[Envelope]:
    """Messages under way, newest first; `state` may also be "held"; `bureau` sends or receives them."""
    envelopes = Envelope.objects.select_related("pair").defer("body").order_by("-id")
    if state == HELD:
        envelopes = envelopes.filter(state=EnvelopeState.WAITING).exclude(pair__held="")
    elif state == EnvelopeState.WAITING:
        envelopes = envelopes.filter(state=state, pair__held="")
    elif state in EnvelopeState.values:
        envelopes = envelopes.filter(state=state)
    if bureau is not None:
        address = addresses.bureau(bureau)
        pairs = Pair.objects.filter(Q(sender=address) | Q(receiver=address))
        envelopes = envelopes.filter(pair__in=pairs)
    return envelopes


def envelope_get(envelope_id: uuid.UUID) -> Envelope:
    """Return one message without its content; raises Http404."""
    found = Envelope.objects.select_related("pair").defer("body").filter(id=envelope_id).first()
    if found is None:
        raise Http404
    return found


def site_names(keys: set[str]) -> Mapping[str, Bureau | None]:
    """The bureaus behind addresses; None for the host and for bureaus that are gone."""
    ids = {key: addresses.bureau_id_of(key) for key in keys}
    bureaus = Bureau.objects.in_bulk([each for each in ids.values() if each])
    return {key: bureaus.get(bureau_id) if bureau_id else None for key, bureau_id in ids.items()}


def deliveries(*, type: str, subject: str) -> list[Envelope]:  # noqa: A002 - the word of the envelope
    """What one sending to many receivers has come to; what is not taken over yet is not among it."""
    found = Envelope.objects.select_related("pair").defer("body").filter(subject=subject, type=type)
    return list(found.order_by("pair__receiver"))


@dataclass(frozen=True, slots=True)
class Probe:
    """One try of a route: when it was sent, and after how many seconds the answer was back, if it is."""

    sent_at: datetime.datetime
    seconds: float | None


def probes(bureau_id: uuid.UUID) -> list[Probe]:
    """The latest tries of the route to a bureau, newest first."""
    sent = Envelope.objects.filter(
        type=PROBE, pair__sender=addresses.HOST, pair__receiver=addresses.bureau(bureau_id)
    ).defer("body")[:PROBES_SHOWN]
    answers = {
        each.causation: each.ended_at
        for each in Envelope.objects.filter(
            type=ANSWER, causation__in=[each.id for each in sent], state=EnvelopeState.DELIVERED
        ).defer("body")
    }
    return [
        Probe(
            each.occurred_at,
            (back - each.occurred_at).total_seconds() if (back := answers.get(each.id)) else None,
        )
        for each in sent
    ]
