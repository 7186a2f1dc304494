"""Telling the bureaus something (主机公告): each gets its own copy, by a message."""

import datetime
import uuid
from collections.abc import Collection
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from asp.audit.actor import Actor
from asp.audit.services import record
from asp.outbox import addresses
from asp.outbox.services import message_send
from provisioning.errors import AnnouncementWithdrawn, NoReceivers
from provisioning.models import Announcement
from tenants.models import Bureau, BureauState

PUBLISHED = "notices.host_announced.v1"
WITHDRAWN = "notices.host_withdrew.v1"


@dataclass(frozen=True, kw_only=True)
class Text:
    """What is to be told; English may be left out. Lines are kept, nothing in it is markup."""

    title: str
    text: str
    title_en: str = ""
    text_en: str = ""
    important: bool = False
    valid_until: datetime.date | None = None


@transaction.atomic
def announcement_publish(*, actor: Actor, text: Text, bureaus: Collection[uuid.UUID] | None) -> Announcement:
    """Publish to these bureaus, or to all that are not closed (None). Raises NoReceivers."""
    rows = Bureau.objects.exclude(state__in=(BureauState.CLOSED, BureauState.OPENING))
    if bureaus is not None:
        rows = rows.filter(id__in=bureaus)
    receivers = list(rows.values_list("id", flat=True))
    if not receivers:
        raise NoReceivers
    made = Announcement.objects.create(
        title=text.title,
        title_en=text.title_en,
        text=text.text,
        text_en=text.text_en,
        important=text.important,
        valid_until=text.valid_until,
        receivers=len(receivers),
        published_by=actor.name,
    )
    body = {
        "id": made.id,
        "title": made.title,
        "title_en": made.title_en,
        "text": made.text,
        "text_en": made.text_en,
        "important": made.important,
        "valid_until": made.valid_until,
        "published_at": made.published_at,
    }
    for bureau_id in receivers:
        message_send(to=addresses.bureau(bureau_id), type=PUBLISHED, subject=str(made.id), body=body)
    _record(actor, "provisioning.announcement_published", made)
    return made


@transaction.atomic
def announcement_withdraw(*, actor: Actor, announcement: Announcement) -> Announcement:
    """Take an announcement back wherever it was sent. Raises AnnouncementWithdrawn."""
    locked = Announcement.objects.select_for_update().get(pk=announcement.pk)
    if locked.withdrawn_at is not None:
        raise AnnouncementWithdrawn
    locked.withdrawn_at = timezone.now()
    locked.save(update_fields=["withdrawn_at"])
    # Whoever never got it ignores this; whoever gets it late gets this right after it.
    rows = Bureau.objects.exclude(state__in=(BureauState.CLOSED, BureauState.OPENING))
    for bureau_id in rows.values_list("id", flat=True):
        message_send(
            to=addresses.bureau(bureau_id), type=WITHDRAWN, subject=str(locked.id), body={"id": locked.id}
        )
    _record(actor, "provisioning.announcement_withdrawn", locked)
    return locked


def _record(actor: Actor, action: str, announcement: Announcement) -> None:
    record(
        actor=actor,
        action=action,
        target_kind="provisioning.announcement",
        target_id=announcement.id,
        target_name=announcement.title,
        params={"title": announcement.title, "receivers": announcement.receivers},
    )
