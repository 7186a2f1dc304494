"""Tells the messages below how to make the address of a one-time link when a message is sent."""

import uuid

from asp.accounts.links import link_url
from asp.accounts.models import Link
from asp.messages.links import LinkGoneError, register_link_resolver


def register() -> None:
    """Called when Django is ready."""
    register_link_resolver(_address)


def _address(link_id: uuid.UUID) -> str:
    link = Link.objects.filter(pk=link_id).first()
    if link is None or not link.is_live:
        raise LinkGoneError(str(link_id))
    return link_url(link)
