"""First and last steps of a bureau's storage."""

from asp.blobs import quota, store
from asp.blobs.sealed import prefix_of
from tenants.context import current_site


def seed() -> None:
    """Give a fresh schema its storage account."""
    quota.account_ensure()


def erase() -> None:
    """Delete every object of the current bureau. Its key goes with its row in the public schema."""
    store.delete_all(f"{prefix_of(current_site())}/")
