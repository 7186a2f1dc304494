"""Values that say where a request or a job takes place."""

import uuid
from dataclasses import dataclass, field
from typing import Literal

SiteKind = Literal["hall", "host", "bureau", "content"]


@dataclass(frozen=True, slots=True)
class BureauRef:
    """What the rest of the code needs of a bureau (委办局) without reading host tables.

    `id` is None for a schema in the pool that no bureau has claimed yet.
    """

    id: uuid.UUID | None
    schema: str
    slug: str = ""
    name: str = ""
    name_en: str = ""
    state: str = ""
    version: str = ""
    language: str = "zh-hans"
    accent: str = ""
    storage_prefix: str = ""
    wrapped_key: bytes = field(default=b"", repr=False)
    functions: frozenset[str] = frozenset()

    @property
    def role(self) -> str:
        """The database role has the schema's name; policies rely on it (`bureau_of(current_user)`)."""
        return self.schema


@dataclass(frozen=True, slots=True)
class Site:
    """One of the four kinds of address; `bureau` is set for a bureau's office only."""

    kind: SiteKind
    bureau: BureauRef | None = None

    @property
    def key(self) -> str:
        """Stable short name for cache keys and signed messages: `host`, `hall`, `content` or `b:<uuid>`."""
        if self.bureau is None:
            return self.kind
        return f"b:{self.bureau.id or self.bureau.schema}"
