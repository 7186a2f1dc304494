"""Primary keys: UUIDv7 (RFC 9562 §5.7), made in Python so that a row has its key before it is stored."""

import uuid

import uuid_utils


def uuid7() -> uuid.UUID:
    """Return a new time-ordered UUID; keys made later by one process sort later."""
    return uuid.UUID(int=uuid_utils.uuid7().int)
