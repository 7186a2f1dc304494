"""What the host tells: copied into rows of the bureau's own."""

import datetime
import uuid

from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from asp.outbox import addresses
from asp.outbox.consumers import Received, consumes
from office.notices.models import HostNotice


@consumes("notices.host_announced", scope="bureau")
def host_announced(message: Received) -> None:
    """Keep a copy. Only the host is listened to."""
    if message.sender != addresses.HOST:
        return
    body = message.body
    HostNotice.objects.get_or_create(
        id=uuid.UUID(body["id"]),
        defaults={
            "title": str(body["title"])[:100],
            "title_en": str(body.get("title_en", ""))[:200],
            "text": str(body["text"]),
            "text_en": str(body.get("text_en", "")),
            "important": bool(body.get("important")),
            "valid_until": _day(body.get("valid_until")),
            "published_at": parse_datetime(body["published_at"]) or message.occurred_at,
        },
    )


@consumes("notices.host_withdrew", scope="bureau")
def host_withdrew(message: Received) -> None:
    """Take it off the workbenches; what was never received is not minded."""
    if message.sender == addresses.HOST:
        found = HostNotice.objects.filter(id=uuid.UUID(message.body["id"]), withdrawn_at=None)
        found.update(withdrawn_at=timezone.now())


def _day(value: object) -> datetime.date | None:
    return parse_date(value) if isinstance(value, str) else None
