"""Who hears of an event (受众). Every name carries the current site, so nobody of another site is meant by it."""

import uuid

from tenants.cache import prefix_key
from tenants.context import current_site


def account(account_id: uuid.UUID | str) -> str:
    """The open pages of one person."""
    return f"{_here()}account:{account_id}"


def duty(code: str) -> str:
    """The holders of one duty (三员): `system`, `security`, `audit`."""
    return f"{_here()}duty:{code}"


def everybody() -> str:
    """Everybody who is signed in."""
    return f"{_here()}everybody"


def is_here(audience: str) -> bool:
    """Whether an audience belongs to the current site."""
    return audience.startswith(_here())


def _here() -> str:
    # Host and hall share a schema and a prefix, but no people.
    return prefix_key(f"live:{current_site().kind}:")
