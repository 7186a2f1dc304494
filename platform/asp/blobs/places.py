"""From the id in a download address to the site whose content it is."""

import uuid

from tenants.context import host_context
from tenants.middleware import OPEN_STATES
from tenants.models import Bureau
from tenants.site import Site
from tenants.version import code_version

HOST = Site("host")


def site_of(bureau_id: uuid.UUID | None) -> Site | None:
    """Return the site; None for a bureau that is gone, closed or under maintenance."""
    if bureau_id is None:
        return HOST
    with host_context():
        bureau = Bureau.objects.filter(pk=bureau_id, state__in=OPEN_STATES).first()
    if bureau is None or bureau.version != code_version():
        return None
    return Site("bureau", bureau.ref)
