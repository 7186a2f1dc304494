"""Keys in Valkey. Every key names the site it belongs to; a key without one would be shared."""

import json
from typing import Any

from tenants.context import current_context


def prefix_key(name: str) -> str:
    """Return `name` within the current site: `b:<uuid>:name` in a bureau, `h:name` on host and hall."""
    site = current_context().site
    if site is None:
        return f"h:{name}"
    return f"{site.key}:{name}" if site.bureau else f"h:{name}"


def make_key(key: str, key_prefix: str, version: int) -> str:
    """KEY_FUNCTION of Django's cache."""
    return f"{key_prefix}:{version}:{prefix_key(key)}"


class JsonSerializer:
    """What the cache holds is data: Django's own serializer unpickles, and would run what others have written."""

    def __init__(self, **_options: Any) -> None:
        """Takes what Django hands over to its own."""

    def dumps(self, value: Any) -> bytes | int:
        """Return what Valkey stores; whole numbers as they are, so that it can count."""
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        return json.dumps(value, ensure_ascii=False).encode()

    def loads(self, data: bytes) -> Any:
        """Undo `dumps`. Raises ValueError for anything else."""
        return json.loads(data)
