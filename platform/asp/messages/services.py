"""Messages' public door: `message_send` writes a row, the sender job does the rest."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from asp.jobs.values import jsonable
from asp.messages import channels, rendering
from asp.messages.models import Channel, Message, MessageState
from asp.ui.errors import UserFacingError
from tenants import doorbell


class AddressError(UserFacingError):
    """The address cannot be written to."""

    code = "messages.address"
    message = _("“{address}” is not a mail address.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One message to be written; see `message_send`."""

    to: str
    template: str
    params: Mapping[str, Any] = field(default_factory=dict)
    language: str = ""
    link: uuid.UUID | None = None


def message_send(
    *,
    to: str,
    template: str,
    params: Mapping[str, Any] | None = None,
    language: str = "",
    link: uuid.UUID | None = None,
) -> Message:
    """Write a message (消息) to `to` in the current transaction; it leaves after the commit.

    `template` names `templates/messages/<template>.<language>.txt`; a `link` is given by its id and
    becomes an address only when the message is sent. Without a relay the row says so and nothing is
    sent. Raises AddressError, or ValueError for a template that does not exist.
    """
    letter = Letter(to=to, template=template, params=params or {}, language=language, link=link)
    return message_send_many([letter])[0]


@transaction.atomic(savepoint=False)
def message_send_many(letters: Iterable[Letter]) -> list[Message]:
    """Write several messages with two statements. Raises as `message_send`; then none is written."""
    has_relay = channels.relay_configured()
    messages = Message.objects.bulk_create([_message(letter, has_relay) for letter in letters])
    if has_relay:
        doorbell.ring_many("message", [message.id for message in messages])
    return messages


def _message(letter: Letter, has_relay: bool) -> Message:
    language = letter.language or settings.LANGUAGE_CODE
    if not channels.valid_address(letter.to):
        raise AddressError(params={"address": letter.to[:80]})
    if not rendering.template_exists(letter.template, language):
        raise ValueError(f"there is no message template {letter.template} in {language}")
    return Message(
        channel=Channel.MAIL,
        address=letter.to,
        template=letter.template,
        params=jsonable(dict(letter.params)),
        language=language,
        link=letter.link,
        state=MessageState.QUEUED if has_relay else MessageState.SUPPRESSED,
        next_try=timezone.now(),
    )
