"""Session, person and origin of a request."""

from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.middleware import SessionMiddleware as DjangoSessionMiddleware
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from asp.accounts.sessions import SessionStore
from asp.accounts.sources import client_address

POLL_HEADER = "X-Tb-Poll"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


class SessionMiddleware(DjangoSessionMiddleware):
    """Sessions that know their browser's address and notice activity.

    The cookie has no Domain, so no other site gets it; that it would be worthless there is the store's
    business (own schema, own kind of site).
    """

    def process_request(self, request: HttpRequest) -> None:
        request.client_ip = client_address(request)  # type: ignore[attr-defined]
        request.session = SessionStore.for_request(  # type: ignore[assignment]
            request.COOKIES.get(settings.SESSION_COOKIE_NAME),
            ip=request.client_ip,  # type: ignore[attr-defined]
            user_agent=request.headers.get("User-Agent", ""),
        )
        # The reader's language is settled before authentication has its turn, and depends on the person.
        request.user = person_lazily(request)  # type: ignore[assignment]

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        response = super().process_response(request, response)
        session = getattr(request, "session", None)
        if isinstance(session, SessionStore) and session.accessed and not is_poll(request):
            session.touch()
        return response


def is_poll(request: HttpRequest) -> bool:
    """Whether the page asked by itself (progress, live parts): that is no activity of the person."""
    return POLL_HEADER in request.headers or getattr(request, "is_poll", False)


class AuthenticationMiddleware:
    """`request.user`: the account of the session on this site, or an anonymous one; looked up when used."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.user = person_lazily(request)  # type: ignore[assignment]
        return self.get_response(request)


def person_lazily(request: HttpRequest) -> SimpleLazyObject:
    """The person of the request; asks the database only if somebody wants to know."""
    return SimpleLazyObject(lambda: _user_of(request))


def _user_of(request: HttpRequest) -> object:
    if not hasattr(request, "_cached_user"):
        site = getattr(request, "site", None)
        signs_in = site is not None and site.kind in ("bureau", "host")
        request._cached_user = get_user(request) if signs_in else AnonymousUser()  # type: ignore[attr-defined]
    return request._cached_user  # type: ignore[attr-defined]


class OriginMiddleware:
    """Refuse unsafe requests that another site's page makes (跨站请求).

    Sibling bureaus are "same site" for SameSite cookies, so besides CSRF tokens the browser's own word
    counts: `Sec-Fetch-Site`, and `Origin`. Programs that are no browser send neither.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in SAFE_METHODS and not is_same_origin(request):
            raise PermissionDenied("The request came from a page of another site.")
        return self.get_response(request)


def is_same_origin(request: HttpRequest) -> bool:
    """Whether nothing that the browser says speaks against the request coming from this very site."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        return False
    origin = request.headers.get("Origin")
    if origin is None:
        referrer = urlsplit(request.headers.get("Referer", ""))
        return not referrer.netloc or referrer.netloc.lower() == request.get_host().lower()
    parts = urlsplit(origin)
    return parts.scheme == request.scheme and parts.netloc.lower() == request.get_host().lower()
