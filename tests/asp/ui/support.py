"""Requests and people for tests that need no database."""

from types import SimpleNamespace
from typing import Any

from django.http import HttpRequest
from django.test import RequestFactory

from tenants.site import BureauRef, Site

FGJ = BureauRef(
    None,
    "b_fgj",
    slug="fgj",
    name="发展和改革局",
    name_en="Development and Reform Bureau",
    functions=frozenset({"library"}),
)


class Session(dict[str, Any]):
    """Enough of a session: a mapping that knows whether it was changed."""

    modified = False

    def __setitem__(self, key: str, value: Any) -> None:
        self.modified = True
        super().__setitem__(key, value)


def person(*codes: str, **more: Any) -> SimpleNamespace:
    """A signed-in person with these permission codes."""
    facts = {"pk": "1", "name": "陈若水", "name_en": "Chen Ruoshui", "login": "chenruoshui", "duty": ""}
    facts |= {"language": "", "theme": "", "is_authenticated": True, **more}
    return SimpleNamespace(has_code=lambda code: code in codes, **facts)


def request(
    path: str = "/", *, site: Site | None = None, user: Any = None, method: str = "get", **more: Any
) -> HttpRequest:
    """A request as the middleware before ours would hand it on."""
    made = getattr(RequestFactory(), method)(path, **more)
    made.site = site or Site("bureau", FGJ)
    made.session = Session()
    made.id = "8c41-0f3a7e"
    if user is not None:
        made.user = made._cached_user = user
    return made
