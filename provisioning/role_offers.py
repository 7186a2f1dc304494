"""What bureaus tell of the roles that they were offered: that one has come, and whether it is used. Nothing else."""

import uuid

from django.db.models import Q, QuerySet
from django.db.models.functions import Greatest

from asp.outbox import addresses
from asp.outbox.consumers import Received, consumes
from provisioning.models import RoleTemplateOffer


@consumes("provisioning.role_received", scope="host")
def role_received(message: Received) -> None:
    """A version has arrived; an older one that is told late changes nothing."""
    version = message.body.get("version")
    if isinstance(version, int) and 0 < version < 2**31:
        _offers(message).update(received_version=Greatest("received_version", version))


@consumes("provisioning.role_decided", scope="host")
def role_decided(message: Received) -> None:
    """The bureau uses it, or does not; the latest word holds."""
    earlier = Q(decided_at=None) | Q(decided_at__lt=message.occurred_at)
    _offers(message).filter(earlier).update(
        accepted=bool(message.body.get("accepted")), decided_at=message.occurred_at
    )


def _offers(message: Received) -> "QuerySet[RoleTemplateOffer]":
    """The offer that a message is about: one that was made to its sender."""
    bureau_id = addresses.bureau_id_of(message.sender)
    if bureau_id is None:
        return RoleTemplateOffer.objects.none()
    return RoleTemplateOffer.objects.filter(
        template_id=uuid.UUID(str(message.body["id"])), bureau_id=bureau_id
    )
