"""How a message gets its link: the address holds a secret, so it is derived when the message is sent.

Links belong to `asp.accounts`, which lies above; it registers how to make an address from a link's id.
"""

import uuid
from collections.abc import Callable

Resolver = Callable[[uuid.UUID], str]

_resolver: Resolver | None = None


class LinkGoneError(Exception):
    """The link was used, has expired or does not exist: the message would be of no use."""


def register_link_resolver(resolver: Resolver) -> None:
    """Register the function that turns a link's id into its absolute address.

    It raises LinkGoneError when the link is no longer good.
    """
    global _resolver
    _resolver = resolver


def link_address(link: uuid.UUID) -> str:
    """Return the absolute address of a link of the current site."""
    if _resolver is None:
        raise RuntimeError("no link resolver is registered")
    return _resolver(link)
