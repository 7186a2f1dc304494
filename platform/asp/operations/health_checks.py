"""The checks of the host: servers, background work, records. Loading them declares them."""

from asp.operations.checks import records, servers, work

__all__ = ["records", "servers", "work"]
