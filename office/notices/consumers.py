"""What the host tells: copied into rows of the bureau's own."""

import datetime
import uuid

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from asp.accounts.models import Account
from asp.notify.services import announce
from asp.outbox import addresses
from asp.outbox.consumers import Received, consumes
from office.notices.models import HostNotice


@consumes("notices.host_announced", scope="bureau")
def host_announced(message: Received) -> None:
    """Keep a copy. Only the host is listened to."""
    if message.sender != addresses.HOST:
        return
    body = message.body
    notice, is_new = HostNotice.objects.get_or_create(
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
    if is_new:
        # Everybody finds it on the workbench; those who answer for the office are told.
        announce(
            kind="notices.host_announced",
            to=Account.objects.administrators().values_list("pk", flat=True),
            params={"title": notice.title},
            url=reverse("notices:detail", urlconf=settings.URL_TABLES["bureau"], args=[notice.pk]),
            about=notice.pk,
        )


@consumes("notices.host_withdrew", scope="bureau")
def host_withdrew(message: Received) -> None:
    """Take it off the workbenches; what was never received is not minded."""
    if message.sender == addresses.HOST:
        found = HostNotice.objects.filter(id=uuid.UUID(message.body["id"]), withdrawn_at=None)
        found.update(withdrawn_at=timezone.now())


def _day(value: object) -> datetime.date | None:
    return parse_date(value) if isinstance(value, str) else None
