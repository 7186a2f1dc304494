"""From the Host header to a site, with a short-lived map in each process."""

import time
from threading import Lock

from django.conf import settings

from tenants.context import host_context
from tenants.naming import SLUG
from tenants.site import Site

SECONDS_TO_LIVE = 5.0
MOST_ENTRIES = 10_000  # made-up host names must not fill the memory

HALL = Site("hall")
HOST = Site("host")
CONTENT = Site("content")

_map: dict[str, tuple[float, Site | None]] = {}
_lock = Lock()


def normalise_host(header: str) -> str:
    """Return the name part of a Host header: lower case, no port, no final dot."""
    host = header.strip().lower()
    if not host.startswith("["):
        host = host.partition(":")[0]
    return host.rstrip(".")


def site_for(header: str) -> Site | None:
    """Return the site that a Host header names, or None for a name that is nobody's."""
    host = normalise_host(header)
    base = settings.ASP.base_domain
    if host == base:
        return HALL
    if host == f"host.{base}":
        return HOST
    label, dot, rest = host.partition(".")
    if dot and rest == f"content.{base}":
        return CONTENT
    return _bureau_site(host, label if rest == base else None)


def forget(header: str | None = None) -> None:
    """Drop one name, or all, from this process's map; others follow within SECONDS_TO_LIVE."""
    with _lock:
        if header is None:
            _map.clear()
        else:
            _map.pop(normalise_host(header), None)


def _bureau_site(host: str, slug: str | None) -> Site | None:
    now = time.monotonic()
    known = _map.get(host)
    if known and known[0] > now:
        return known[1]
    site = _look_up(host, slug)
    with _lock:
        if len(_map) >= MOST_ENTRIES:
            _map.clear()
        _map[host] = (now + SECONDS_TO_LIVE, site)
    return site


def _look_up(host: str, slug: str | None) -> Site | None:
    from tenants.models import Bureau, Domain

    with host_context():
        if slug is not None:
            bureau = Bureau.objects.filter(slug=slug).first() if SLUG.match(slug) else None
        else:
            domain = (
                Domain.objects.filter(domain=host[:253], verified_at__isnull=False)
                .select_related("tenant")
                .first()
                if host.isprintable()
                else None
            )
            bureau = domain.tenant if domain else None
    return Site("bureau", bureau.ref) if bureau else None
