"""The one way to say in whose name the database is used.

The context variable is the only truth: the database backend compares it before every statement with
what the connection was last told, so neither a pooled thread nor a rolled back SET can leave a
connection in another bureau.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from tenants.site import BureauRef, Site

PUBLIC = "public"
HOST_ROLE = "asp_host"
BUREAU_GROUP_ROLE = "asp_bureau"


@dataclass(frozen=True, slots=True)
class Context:
    """Database role and search path, with the site they belong to."""

    role: str
    search_path: str
    schema: str
    site: Site | None = None


APP_LOGIN = "app_login"

# Nobody: the application's login, which has no rights alone. A forgotten context fails loudly, also in
# a process that logged in as the owner.
NOBODY = Context(role=APP_LOGIN, search_path=PUBLIC, schema=PUBLIC)

_current: ContextVar[Context] = ContextVar("tenants_context", default=NOBODY)


class NoContextError(RuntimeError):
    """Code asked for the current site or bureau outside of any."""


@contextmanager
def _entered(context: Context) -> Iterator[None]:
    token = _current.set(context)
    try:
        yield
    finally:
        _current.reset(token)


@contextmanager
def site_context(site: Site) -> Iterator[None]:
    """Work as `site`: a bureau in its own schema, the hall and the host in the public one."""
    with _entered(_context_of(site)):
        yield


@contextmanager
def bureau_context(bureau: BureauRef) -> Iterator[None]:
    """Work in the bureau's schema under the bureau's database role."""
    with site_context(Site("bureau", bureau)):
        yield


@contextmanager
def host_context() -> Iterator[None]:
    """Work in the public schema as the host (ASP 主机)."""
    with site_context(Site("host")):
        yield


@contextmanager
def owner_context(schema: str | None = None) -> Iterator[None]:
    """Create and change schemas. Only for processes that log in as the owner.

    With `schema`, nothing else is on the search path: what runs there cannot refer to shared tables.
    """
    if settings.ASP.db_login != "owner":
        raise ImproperlyConfigured("owner_context needs ASP_DB_LOGIN=owner")
    path = schema or PUBLIC
    with _entered(Context(role="none", search_path=path, schema=path)):
        yield


def _context_of(site: Site) -> Context:
    if site.bureau is not None:
        schema = site.bureau.schema
        return Context(role=site.bureau.role, search_path=f"{schema}, {PUBLIC}", schema=schema, site=site)
    return Context(role=HOST_ROLE, search_path=PUBLIC, schema=PUBLIC, site=site)


def current_context() -> Context:
    """Return the context in force; `NOBODY` outside of any."""
    return _current.get()


def current_site() -> Site:
    """Return the current site, or raise NoContextError."""
    site = _current.get().site
    if site is None:
        raise NoContextError("no site is in force here: enter one with tenants.context")
    return site


def current_bureau() -> BureauRef:
    """Return the current bureau, or raise NoContextError on host, hall and outside of any site."""
    bureau = current_site().bureau
    if bureau is None:
        raise NoContextError("this code belongs to a bureau, but none is in force")
    return bureau


# Middleware enters by token, because request and response hooks are not one block.
def enter(site: Site) -> object:
    """Set the context and return what `leave` needs."""
    return _current.set(_context_of(site))


def leave(token: object) -> None:
    """Restore the context that was in force before `enter`."""
    _current.reset(token)  # type: ignore[arg-type]
