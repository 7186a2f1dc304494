"""The checks of the host: servers, backups, background work, records. Loading them declares them."""

from asp.operations.checks import backups, records, servers, work

__all__ = ["backups", "records", "servers", "work"]
