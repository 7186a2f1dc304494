"""What several views of this app share."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from asp.accounts.models import Account
from tenants.context import current_site


def frame() -> str:
    """The shell of this site, for pages that both office and host console have."""
    return "ui/host.html" if current_site().kind == "host" else "ui/office.html"


def person(request: HttpRequest) -> Account:
    """Who is signed in; only after an access decorator."""
    account = request.user
    assert isinstance(account, Account)
    return account


def codes_page(
    request: HttpRequest, codes: list[str], *, gate: bool = False, target: str = ""
) -> HttpResponse:
    """Recovery codes, shown in the answer to the act and nowhere afterwards."""
    template = "accounts/codes_gate.html" if gate else "accounts/codes.html"
    context = {"frame": frame(), "codes": codes, "next": target or "/", "active": "security"}
    response = render(request, template, context)
    response["Cache-Control"] = "private, no-store"
    return response
