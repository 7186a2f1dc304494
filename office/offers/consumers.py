"""What the host offers: copied into rows of the office's own. No role changes by it."""

import uuid

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from asp.accounts.models import Account, Duty
from asp.audit.actor import Actor
from asp.audit.services import record
from asp.notify.services import announce
from asp.outbox import addresses
from asp.outbox.consumers import Received, consumes
from asp.outbox.services import message_send
from office.offers.models import RoleOffer

RECEIVED = "provisioning.role_received.v1"
MOST_CODES = 1000


@consumes("offers.role_offered", scope="bureau")
def role_offered(message: Received) -> None:
    """Keep what is offered; what comes late changes nothing. Only the host is listened to."""
    if message.sender != addresses.HOST:
        return
    body = message.body
    offer = RoleOffer.objects.select_for_update().filter(pk=uuid.UUID(body["id"])).first()
    if offer is not None and offer.revision >= int(body["revision"]):
        return
    was = offer.version if offer is not None and offer.withdrawn_at is None else 0
    offer = offer or RoleOffer(id=uuid.UUID(body["id"]))
    offer.revision, offer.version = int(body["revision"]), int(body["version"])
    offer.name = str(body["name"])[:60]
    offer.name_en = str(body.get("name_en", ""))[:100]
    offer.description = str(body.get("description", ""))[:300]
    offer.codes = sorted({str(code)[:100] for code in body.get("codes", [])})[:MOST_CODES]
    offer.note = str(body.get("note", ""))[:200]
    offer.published_at = parse_datetime(str(body.get("published_at"))) or message.occurred_at
    offer.received_at, offer.withdrawn_at = timezone.now(), None
    offer.save()
    message_send(
        to=addresses.HOST,
        type=RECEIVED,
        subject=str(offer.pk),
        body={"id": offer.pk, "version": offer.version},
        causation=message.id,
    )
    if offer.version == was:
        return
    _record("offers.role_received", offer)
    announce(
        kind="offers.role_offered",
        to=Account.objects.administrators().filter(duty=Duty.SECURITY).values_list("pk", flat=True),
        params={"name": offer.name, "version": offer.version},
        url=reverse("offers:role", urlconf=settings.URL_TABLES["bureau"], args=[offer.pk]),
        about=offer.pk,
        key=f"offers.role:{offer.pk}:{offer.version}",
    )


@consumes("offers.role_withdrawn", scope="bureau")
def role_withdrawn(message: Received) -> None:
    """It is offered no longer; a role that was made of it stays as it is."""
    if message.sender != addresses.HOST:
        return
    offer = RoleOffer.objects.select_for_update().filter(pk=uuid.UUID(message.body["id"])).first()
    if offer is None or offer.revision >= int(message.body["revision"]):
        return
    offer.revision, offer.withdrawn_at = int(message.body["revision"]), timezone.now()
    offer.save(update_fields=["revision", "withdrawn_at"])
    _record("offers.role_withdrawn", offer)


def _record(action: str, offer: RoleOffer) -> None:
    record(
        actor=Actor.system("host"),
        action=action,
        target_kind="offers.role",
        target_id=offer.pk,
        target_name=offer.name,
        params={"name": offer.name, "version": offer.version, "codes": offer.codes},
    )
