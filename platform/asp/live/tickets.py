"""Tickets (入场票): what a signed-in page shows to the realtime process, which asks no database.

A ticket holds for a minute and says what may be heard. It is worth nothing on another site's address, nor in
a browser without the session for which it was made.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.core import signing
from django.utils.crypto import constant_time_compare, salted_hmac

SALT = "asp.live.ticket"
SECONDS = 60


class TicketRefused(Exception):
    """Forged, too old, of another site or of another session."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """Who may listen to what. `site` is the site's key, `host` its address as the browser wrote it."""

    site: str
    host: str
    account: str
    audiences: tuple[str, ...]


def issue(*, site: str, host: str, account: str, session_key: str, audiences: Iterable[str]) -> str:
    """Return a ticket for the session with this key."""
    content = {
        "s": site,
        "h": host.lower(),
        "a": account,
        "k": _fingerprint(session_key),
        "to": list(audiences),
    }
    return signing.dumps(content, salt=SALT)


def read(token: str, *, host: str, session_key: str, seconds: int = SECONDS) -> Ticket:
    """Return what a ticket says. `host` and `session_key` are what the browser sent along with it.

    Raises TicketRefused.
    """
    try:
        content = signing.loads(token, salt=SALT, max_age=seconds)
        ticket = Ticket(content["s"], content["h"], content["a"], tuple(content["to"]))
        fingerprint = content["k"]
    except (signing.BadSignature, KeyError, TypeError) as error:
        raise TicketRefused(type(error).__name__) from error
    if ticket.host != host.lower():
        raise TicketRefused("of another site")
    if not session_key or not constant_time_compare(fingerprint, _fingerprint(session_key)):
        raise TicketRefused("of another session")
    return ticket


def _fingerprint(session_key: str) -> str:
    return salted_hmac("asp.live.session", session_key, algorithm="sha256").hexdigest()
