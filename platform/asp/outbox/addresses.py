"""Who sends and who receives: sites by their keys, as doorbells and jobs name them."""

import uuid

from asp.jobs import sites

HOST = sites.HOST_KEY
LONGEST = 40


def bureau(bureau_id: uuid.UUID) -> str:
    """Return the address of one bureau's office."""
    return sites.bureau_key(bureau_id)


def bureau_id_of(address: str) -> uuid.UUID | None:
    """Return the bureau that an address names, or None for the host. Raises ValueError for anything else."""
    if address == HOST:
        return None
    prefix, _, value = address.partition(":")
    found = uuid.UUID(value)
    if prefix != "b" or address != bureau(found):
        raise ValueError(f"not an address: {address!r}")
    return found
