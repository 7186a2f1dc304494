"""Who may call a view (访问控制). Every view carries exactly one of these decorators.

`view.access` tells a test which one; a view without it is a defect, because nothing would protect it.
A wrong role is 403. That an object is absent or not the reader's is for the view: 404 in both cases.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Literal
from urllib.parse import urlencode, urlsplit

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.http import url_has_allowed_host_and_scheme

from asp.accounts.models import Duty

View = Callable[..., HttpResponse]

# The session key of somebody whose password was right and whose second factor is still to come.
PENDING_KEY = "accounts_pending"


@dataclass(frozen=True, slots=True)
class Access:
    """What a decorator demands. `while_restricted` marks the pages that lift a restriction."""

    kind: Literal["anyone", "signed_in", "code", "duty"]
    codes: tuple[str, ...] = ()
    duties: tuple[str, ...] = ()
    while_restricted: bool = False


def anyone(view: View) -> View:
    """Everybody, signed in or not: the gate, links, public pages."""
    view.access = Access("anyone")  # type: ignore[attr-defined]
    return view


def signed_in(view: View | None = None, *, while_restricted: bool = False) -> Any:
    """Everybody who is signed in on this site, administrators too.

    With `while_restricted`, also somebody who must first set a new password.
    """
    access = Access("signed_in", while_restricted=while_restricted)
    if view is None:
        return lambda inner: _guarded(inner, access)
    return _guarded(view, access)


def requires(*codes: str) -> Callable[[View], View]:
    """Everybody who has one of the permission `codes`."""
    if not codes:
        raise ValueError("requires() needs a permission code")
    access = Access("code", codes=codes)
    return lambda view: _guarded(view, access)


def duty(*duties: str) -> Callable[[View], View]:
    """The holders of these duties (三员), and nobody else."""
    unknown = set(duties) - set(Duty.values)
    if not duties or unknown:
        raise ValueError(f"no such duty: {unknown or 'none given'}")
    access = Access("duty", duties=duties)
    return lambda view: _guarded(view, access)


def allowed(user: Any, access: Access) -> bool:
    """Whether `user` has what `access` demands; sign-in and restrictions aside."""
    if access.kind == "anyone":
        return True
    if not user.is_authenticated:
        return False
    if access.kind == "code":
        return any(user.has_code(code) for code in access.codes)
    if access.kind == "duty":
        return user.is_active and user.is_administrator and user.duty in access.duties
    return True


def _guarded(view: View, access: Access) -> View:
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        refusal = _refusal(request, access)
        if refusal is not None:
            return refusal
        response = view(request, *args, **kwargs)
        if not response.has_header("Cache-Control"):
            patch_cache_control(response, private=True, no_store=True)
        return response

    guarded.access = access  # type: ignore[attr-defined]
    return guarded


def _refusal(request: HttpRequest, access: Access) -> HttpResponse | None:
    user: Any = request.user
    if not user.is_authenticated:
        return to_sign_in(request)
    if user.must_set_password and not access.while_restricted:
        return _go(request, with_next(reverse("accounts:password-required"), here(request)))
    if not allowed(user, access):
        raise PermissionDenied
    return None


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """Send the browser to the page that is missing: password, or the second factor."""
    page = "accounts:second-factor" if request.session.get(PENDING_KEY) else "accounts:sign-in"
    return _go(request, with_next(reverse(page), here(request)))


def here(request: HttpRequest) -> str:
    """The page that the person is on, to come back to: for a part or a POST, the page around it."""
    htmx = getattr(request, "htmx", None)
    if htmx:
        return safe_next(request, getattr(htmx, "current_url_abs_path", "") or "")
    return request.get_full_path() if request.method in ("GET", "HEAD") else ""


def with_next(url: str, target: str) -> str:
    """`url` with the page to come back to."""
    return f"{url}?{urlencode({'next': target})}" if target and target != "/" else url


def safe_next(request: HttpRequest, target: str | None = None) -> str:
    """`target` (or the request's `next`) if it is a page of this site, else an empty string."""
    if target is None:
        target = request.POST.get("next") or request.GET.get("next") or ""
    if not url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        return ""
    parts = urlsplit(target)
    # Only the path: where scheme and host are the same anyway, they can only confuse.
    path = parts.path if parts.path.startswith("/") and not parts.path.startswith("//") else ""
    return f"{path}?{parts.query}" if path and parts.query else path


def _go(request: HttpRequest, url: str) -> HttpResponse:
    if "Tus-Resumable" in request.headers:
        return HttpResponse(status=401)
    if getattr(request, "htmx", None):
        # A redirect would be followed by the request behind the scenes and land in a part of the page.
        return HttpResponse(status=401, headers={"HX-Redirect": url, "Cache-Control": "private, no-store"})
    response = HttpResponseRedirect(resolve_url(url))
    patch_cache_control(response, private=True, no_store=True)
    return response
