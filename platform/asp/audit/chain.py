"""How entries become digests. A change here makes every chain unverifiable: add a version instead."""

import datetime
import hashlib
import uuid

from asp.audit.canonical import digest
from asp.audit.models import Entry, Seal
from tenants.context import current_site

FORMAT = 1


def chain_name() -> str:
    """Return whose chain the current site's is: `host`, or the bureau's id."""
    bureau = current_site().bureau
    return str(bureau.id) if bureau is not None else "host"


def genesis(name: str) -> str:
    """Return what stands before the first seal; it binds the chain to its site."""
    return digest({"v": FORMAT, "chain": name})


def entry_digest(entry: Entry) -> str:
    """Return the digest of one entry as the database holds it."""
    return digest(
        {
            "v": FORMAT,
            "id": str(entry.id),
            "occurred_at": instant(entry.occurred_at),
            "actor": [entry.actor_kind, _text(entry.actor_id), entry.actor_name],
            "action": entry.action,
            "target": [entry.target_kind, _text(entry.target_id), entry.target_name],
            "params": entry.params,
            "ip": entry.ip,
            "request_id": entry.request_id,
        },
    )


def seal_digest(seal: Seal) -> str:
    """Return the digest of one link: its place, its entry, and the digest of the link before it."""
    return digest(
        {
            "v": FORMAT,
            "seq": seal.seq,
            "entry": str(seal.entry),
            "entry_digest": seal.entry_digest,
            "previous": seal.previous,
            "sealed_at": instant(seal.sealed_at),
        },
    )


def instant(moment: datetime.datetime) -> str:
    """Return an instant in UTC with microseconds, always of one shape."""
    return moment.astimezone(datetime.UTC).isoformat(timespec="microseconds")


def first_key_at(moment: datetime.datetime) -> uuid.UUID:
    """Return the smallest UUIDv7-ordered key that could have been made at `moment` or later."""
    return uuid.UUID(int=max(0, int(moment.timestamp() * 1000)) << 80)


def lock_key(name: str) -> int:
    """Return the advisory lock of one chain as a signed 64-bit integer."""
    return int.from_bytes(
        hashlib.blake2b(f"audit:{name}".encode(), digest_size=8).digest(), "big", signed=True
    )


def _text(value: uuid.UUID | None) -> str | None:
    return str(value) if value is not None else None
