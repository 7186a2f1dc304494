"""Messages' public door: `message_send` writes a row, the sender job does the rest."""

import uuid
from collections.abc import Mapping
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


@transaction.atomic(savepoint=False)
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
    language = language or settings.LANGUAGE_CODE
    if not channels.valid_address(to):
        raise AddressError(params={"address": to[:80]})
    if not rendering.template_exists(template, language):
        raise ValueError(f"there is no message template {template} in {language}")
    has_relay = channels.relay_configured()
    message = Message(
        channel=Channel.MAIL,
        address=to,
        template=template,
        params=jsonable(dict(params or {})),
        language=language,
        link=link,
        state=MessageState.QUEUED if has_relay else MessageState.SUPPRESSED,
        next_try=timezone.now(),
    )
    message.save(force_insert=True)
    if has_relay:
        doorbell.ring("message", message.id)
    return message
