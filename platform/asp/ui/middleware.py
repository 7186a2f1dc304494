"""What every answer carries: a number, safe headers, the reader's language, errors in words.

Order: RequestId, SecurityHeaders, (site), (session, CSRF, authentication), Language, Errors, Flash.
"""

import json
import logging
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers

from asp.ui import preferences, requestid
from asp.ui.errors import UserFacingError
from asp.ui.flash import flashes_take
from asp.ui.logs import route_of
from asp.ui.pages import error_response

Handler = Callable[[HttpRequest], HttpResponse]

log = logging.getLogger("asp.ui")

POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "worker-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
# The content origin shows other people's files: nothing there may run or be framed unless its view says so.
CONTENT_POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; sandbox"
PERMISSIONS = (
    "accelerometer=(), autoplay=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), "
    "magnetometer=(), microphone=(), midi=(), payment=(), usb=(), browsing-topics=()"
)


class RequestIdMiddleware:
    """Gives each request its number: `request.id`, the log, `X-Request-Id`."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        number = requestid.request_id_new()
        request.id = number  # type: ignore[attr-defined]  # read by pages and logs
        token = requestid.current.set(number)
        try:
            response = self.get_response(request)
        finally:
            requestid.current.reset(token)
        response["X-Request-Id"] = number
        return response


class SecurityHeadersMiddleware:
    """The content security policy and its companions. A view's own header is kept."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        kind = getattr(getattr(request, "site", None), "kind", "")
        headers = {
            "Content-Security-Policy": CONTENT_POLICY if kind == "content" else POLICY,
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
            "Referrer-Policy": "same-origin",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Permissions-Policy": PERMISSIONS,
        }
        if request.is_secure() and settings.SECURE_HSTS_SECONDS:
            headers["Strict-Transport-Security"] = f"max-age={settings.SECURE_HSTS_SECONDS}"
        # Behind sign-in nothing may stay in a browser or proxy. The cookie is enough to know: asking for the
        # person would cost every anonymous answer a query.
        if (
            settings.SESSION_COOKIE_NAME in request.COOKIES
            or settings.SESSION_COOKIE_NAME in response.cookies
        ):
            headers["Cache-Control"] = "private, no-store"
        for name, value in headers.items():
            response.headers.setdefault(name, value)
        return response


class LanguageMiddleware:
    """Answers in the reader's language."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = preferences.language_of(request)
        with translation.override(language):
            request.LANGUAGE_CODE = language  # type: ignore[attr-defined]  # Django's own name for it
            response = self.get_response(request)
        language = request.LANGUAGE_CODE  # type: ignore[attr-defined]
        if response.get("Content-Type", "").startswith("text/html"):
            patch_vary_headers(response, ("Accept-Language", "Cookie"))
            response.headers.setdefault(
                "Content-Language", preferences.HTML_LANGUAGES.get(language, language)
            )
        return response

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: object) -> None:
        """By now the person is known, wherever in the list the authentication stands."""
        language = preferences.language_of(request)
        if language != request.LANGUAGE_CODE:  # type: ignore[attr-defined]
            translation.activate(language)  # undone with the override above
            request.LANGUAGE_CODE = language  # type: ignore[attr-defined]


class ErrorsMiddleware:
    """Turns a `UserFacingError` into a page, or into a part that HTMX shows as a toast."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Only our own family; everything else is a bug and goes on."""
        if not isinstance(exception, UserFacingError):
            return None
        log.info("refused %s %s: %s", request.method, route_of(request), exception.code)
        response = error_response(
            request,
            exception.status,
            code=exception.code,
            title=exception.text,
            text="",
            retry_after=exception.retry_after,
        )
        response["Tb-Error-Code"] = exception.code
        return response


class FlashMiddleware:
    """Sends waiting words with the answer to HTMX; a full page takes them from the shell itself."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if self._takes(request, response) and (waiting := flashes_take(request)):
            events = json.loads(response.get("HX-Trigger", "") or "{}")
            events["tb:toast"] = {
                "items": [{"text": one.text, "kind": one.kind, "undo": one.undo} for one in waiting]
            }
            response["HX-Trigger"] = json.dumps(events)
        return response

    @staticmethod
    def _takes(request: HttpRequest, response: HttpResponse) -> bool:
        """Whether this answer goes into a page, and this request had something to say."""
        return (
            request.headers.get("HX-Request") == "true"
            and response.status_code < 300
            and not any(name in response for name in ("HX-Redirect", "HX-Refresh", "HX-Location"))
            and getattr(getattr(request, "session", None), "modified", False)
        )
