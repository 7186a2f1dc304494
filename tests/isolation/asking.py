"""How the tests of this folder ask: every request is undone, so one session serves a whole walk."""

import re
import time
from typing import Any
from urllib.parse import unquote

from django.conf import settings
from django.db import transaction
from django.http import HttpResponse

from asp.accounts.models import Account
from tenants.context import host_context
from tenants.site import BureauRef
from tests.support.client import SiteClient

METHODS = ("get", "post", "delete")
# Asked once for each address: no view of ours treats them in another way than those above.
OTHER_METHODS = ("head", "put", "patch")
REFUSED = {400, 401, 403, 404, 405}
# Addresses whose views answer everybody with the same thing, whatever is in them.
OPEN_BY_NATURE = {"healthz", "readyz"}
SESSION_SECONDS = 600.0
ESCAPED = re.compile(r"\\u([0-9a-f]{4})")


class Sessions:
    """Clients of people who are signed in; the session of each is made once and serves many clients."""

    def __init__(self) -> None:
        self._made: dict[Any, tuple[float, str]] = {}

    def client(self, where: BureauRef | str, account: Account) -> SiteClient:
        """A browser of its own at `where`, in which `account` of that site is signed in."""
        return self.elsewhere(where, where, account)

    def elsewhere(self, where: BureauRef | str, home: BureauRef | str, account: Account) -> SiteClient:
        """A browser at `where` with the cookie that `account` has got at `home`."""
        client = SiteClient(where)
        client.cookies[settings.SESSION_COOKIE_NAME] = self._session(home, account)
        return client

    def _session(self, home: BureauRef | str, account: Account) -> str:
        name = home.slug if isinstance(home, BureauRef) else home
        made, session = self._made.get((name, account.pk), (0.0, ""))
        # That it was used is undone with each request, so it would end as if nobody were there.
        if not session or time.monotonic() - made > SESSION_SECONDS:
            signed_in = SiteClient(home).login_as(account)
            session = signed_in.cookies[settings.SESSION_COOKIE_NAME].value
            self._made[name, account.pk] = time.monotonic(), session
        return session


def ask(client: SiteClient, method: str, address: str, **more: Any) -> HttpResponse:
    """One request whose effects are undone."""
    client.raise_request_exception = False
    with host_context(), transaction.atomic():
        response = getattr(client, method)(address, **more)
        transaction.set_rollback(True)
    return response


def show(response: HttpResponse) -> str:
    """Everything that an answer says, headers and body, with what addresses and JSON write in ASCII made readable."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    headers = "\n".join(unquote(f"{name}: {value}") for name, value in response.items())
    text = f"{headers}\n\n{body.decode('utf-8', 'replace')}"
    return ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)


def to_gate(response: HttpResponse) -> bool:
    """Whether an answer sends the browser to the page where people sign in."""
    return response.status_code == 302 and "/sign-in" in response["Location"]
