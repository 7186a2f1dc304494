"""Tokens and addresses of one-time links (一次性链接).

A token is HMAC(key, site, link id): it can be derived again when a message is sent or a slip printed,
so it is stored nowhere, and it differs for every site, so a link works in its own site only.
"""

import base64
import hashlib
import hmac

from django.conf import settings
from django.urls import reverse

from asp.accounts.encryption import derived_key
from asp.accounts.models import Link
from tenants.context import current_site
from tenants.site import Site

TOKEN_LENGTH = 43


def token_of(link: Link) -> str:
    """The secret part of the link's address; only for the current site, where the link lives."""
    message = f"{current_site().key}|{link.pk}".encode()
    digest = hmac.new(derived_key("accounts.links"), message, hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def hash_of(token: str) -> str:
    """What the table holds for a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def link_find(token: str) -> Link | None:
    """The link with this token on this site, used and expired ones too; None if it is not ours."""
    if len(token) != TOKEN_LENGTH:
        return None
    link = Link.objects.select_related("account").filter(token_hash=hash_of(token)).first()
    return link if link is not None and hmac.compare_digest(token_of(link), token) else None


def link_url(link: Link) -> str:
    """The absolute address of `link` on its own site, which must be the current one."""
    site = current_site()
    path = reverse("accounts:activate", urlconf=settings.URL_TABLES[site.kind], args=[token_of(link)])
    return f"{site_origin(site)}{path}"


def site_origin(site: Site) -> str:
    """Scheme, host and port of a bureau's office or of the host console."""
    label = site.bureau.slug if site.bureau is not None else "host"
    return settings.ASP.origin(f"{label}.{settings.ASP.base_domain}")
