"""Probes of the cache, which all offices use."""

from django.conf import settings
from django.core.cache import cache
from django.utils.translation import gettext_lazy as _

from tenants.cache import prefix_key
from tenants.context import current_bureau, site_context
from tenants.isolation.attempts import canary, decoy
from tenants.isolation.registry import Finding, broken, held, not_tried, probe
from tenants.observe import recent
from tenants.site import Site

SECONDS = 30
SILENT = _("The common memory does not keep what it is given.")


@probe(
    "cache.keys",
    control="3.cache",
    title=_("The short-term memory that all offices use"),
    explanation=_(
        "Programs note things for a moment in a common memory. We leave a word there as another office, as the host "
        "and as this one, and look whether any of them sees the word of another."
    ),
)
def keys() -> Finding:
    here, other, name = Site("bureau", current_bureau()), Site("bureau", decoy()), canary()
    sites = (here, other, Site("host"))
    seen = 0
    for owner in sites:
        with site_context(owner):
            cache.set(name, name, timeout=SECONDS)
            if cache.get(name) != name:
                return not_tried(SILENT)
        seen += sum(_sees(reader, name) for reader in sites if reader is not owner)
        with site_context(owner):
            cache.delete(name)
    if seen or str(current_bureau().id) not in prefix_key(name):
        return broken(_("A word of another office could be read."))
    return held(_("Nobody saw the word of another."))


def _sees(site: Site, name: str) -> bool:
    with site_context(site):
        return cache.get(name) is not None


@probe(
    "cache.data",
    control="10.pickle",
    title=_("Nothing in the common memory can run"),
    explanation=_(
        "What is noted there is data. We put something there that would run as a program if it were trusted."
    ),
)
def data() -> Finding:
    name = canary()
    # What `pickle` writes for `str("canary…")`: harmless if it runs.
    packed = f"cbuiltins\nstr\n(V{name}\ntR.".encode()
    recent.client(settings.ASP.redis_url).set(cache.make_key(name), packed, ex=SECONDS)
    try:
        found = cache.get(name)
    except ValueError:
        found = None
    finally:
        cache.delete(name)
    if found is not None:
        return broken(_("A program in the common memory was run."))
    return held(_("It was not run."))
