"""Keys in Valkey. Every key names the site it belongs to; a key without one would be shared."""

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
