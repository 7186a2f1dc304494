"""First rows of a new schema."""

from asp.accounts.services import builtin_roles_sync


def seed() -> None:
    """Give a new office its built-in roles; run by the pool, as the schema's own database role."""
    builtin_roles_sync()
