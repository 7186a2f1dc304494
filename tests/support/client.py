"""A test client that speaks to one site as a browser would."""

import functools
import secrets
from typing import Any

from django.conf import settings
from django.test import Client
from django.test.client import ClientHandler

from tenants.context import site_context
from tenants.site import BureauRef, Site


@functools.cache
def _chain(_names: tuple[str, ...]) -> Any:
    """The middlewares: once for all clients, as a process that serves has them. Making them reads every static file."""
    handler = ClientHandler()
    handler.load_middleware()
    return handler._middleware_chain


class SiteClient(Client):
    """`SiteClient(bureau)`, `SiteClient("host")` or `SiteClient("hall")`."""

    def __init__(self, where: BureauRef | str, **kwargs: Any) -> None:
        base = settings.ASP.base_domain
        if isinstance(where, BureauRef):
            self.site, host = Site("bureau", where), f"{where.slug}.{base}"
        else:
            self.site = Site(where)  # type: ignore[arg-type]
            host = base if where == "hall" else f"{where}.{base}"
        super().__init__(
            HTTP_HOST=host, HTTP_SEC_FETCH_SITE="same-origin", HTTP_ACCEPT_LANGUAGE="en", **kwargs
        )
        self.handler._middleware_chain = _chain(tuple(settings.MIDDLEWARE))

    def generic(self, method: str, path: str, *args: Any, **kwargs: Any) -> Any:
        """As pages do, send a key by which a repeat would be known, unless the test sends its own."""
        if method in {"POST", "PUT", "DELETE"} and "HTTP_IDEMPOTENCY_KEY" not in kwargs:
            kwargs["HTTP_IDEMPOTENCY_KEY"] = secrets.token_urlsafe(12)
        return super().generic(method, path, *args, **kwargs)

    def login_as(self, account: Any, *, verified: bool = True) -> "SiteClient":
        """Sign `account` of this site in, by default with the second factor already given."""
        from asp.accounts.testing import sign_in

        with site_context(self.site):
            sign_in(self, account, verified=verified)
        return self
