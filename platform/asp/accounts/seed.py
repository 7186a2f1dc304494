"""First rows of a new schema, and what a new version adds to them."""

from collections.abc import Collection

from asp.accounts.services import builtin_roles_sync


def seed() -> None:
    """Give a new office its built-in roles; run by the pool, as the schema's own database role."""
    builtin_roles_sync()


def upgraded(*, before: str, after: str, new_functions: Collection[str]) -> None:  # noqa: ARG001
    """Give the built-in role the codes of functions that this office did not know."""
    if new_functions:
        builtin_roles_sync(functions=new_functions)
