"""From a site's key, as messages and doorbells carry it, to its database context."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from tenants import version
from tenants.context import bureau_context, current_site, host_context
from tenants.models import Bureau, BureauState
from tenants.site import BureauRef

HOST_KEY = "host"
WORKING_STATES = (BureauState.SETTING_UP, BureauState.ACTIVE, BureauState.SUSPENDED)


class UnknownSiteError(LookupError):
    """No such site."""


class SiteClosedError(Exception):
    """The site exists, but nothing may run there now: under maintenance, or another version's schema."""


def current_key() -> str:
    """Return the current site's key; hall and host share the public schema and one key."""
    bureau = current_site().bureau
    if bureau is None:
        return HOST_KEY
    if bureau.id is None:
        raise UnknownSiteError("a schema in the pool belongs to nobody: it cannot have jobs or messages")
    return bureau_key(bureau.id)


def bureau_key(bureau_id: uuid.UUID | None) -> str:
    """Return the key for a doorbell's bureau."""
    return HOST_KEY if bureau_id is None else f"b:{bureau_id}"


@contextmanager
def entered(key: str) -> Iterator[None]:
    """Work on the site called `key`. Raises UnknownSiteError or SiteClosedError."""
    if key == HOST_KEY:
        with host_context():
            yield
        return
    with bureau_context(_bureau(key)):
        yield


def working_bureaus() -> list[BureauRef]:
    """Return the bureaus in which background work is done."""
    with host_context():
        rows = Bureau.objects.filter(state__in=WORKING_STATES, version=version.code_version()).order_by("id")
        return [each.ref for each in rows]


def _bureau(key: str) -> BureauRef:
    prefix, _, value = key.partition(":")
    try:
        bureau_id = uuid.UUID(value)
    except ValueError:
        raise UnknownSiteError(key) from None
    if prefix != "b" or key != bureau_key(bureau_id):
        raise UnknownSiteError(key)
    with host_context():
        bureau = Bureau.objects.filter(id=bureau_id).first()
    if bureau is None or bureau.state == BureauState.CLOSED:
        raise UnknownSiteError(key)
    if bureau.state not in WORKING_STATES or bureau.version != version.code_version():
        raise SiteClosedError(f"bureau {bureau.slug} is {bureau.state}, version {bureau.version}")
    return bureau.ref
