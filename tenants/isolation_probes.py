"""The probes of schemas, roles, shared tables, addresses and cache. Loading them declares them."""

from tenants.isolation import memory, schemas, shared

__all__ = ["memory", "schemas", "shared"]
