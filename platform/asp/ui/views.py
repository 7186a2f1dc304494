"""Language and theme choices, the bureau's accent colour, and the handlers of errors without a view."""

import re
import sys
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext, override
from django.views.decorators.http import require_POST, require_safe

from asp.ui import preferences
from asp.ui.marks import anyone
from asp.ui.pages import error_response

COLOUR = re.compile(r"#?[0-9a-fA-F]{6}")
DAY = 24 * 3600
DATABASE_AWAY = (OperationalError, InterfaceError)
RETRY_SECONDS = 5


def next_of(request: HttpRequest) -> str:
    """Where the form came from, if that is on this site; else the start page."""
    wanted = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if wanted.startswith("/") and safe else "/"


@anyone
@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Keep the reader's language: in the account if there is one, in this browser in any case."""
    code = request.POST.get("lang", "")
    if code not in dict(settings.LANGUAGES):
        return error_response(request, 400, text=gettext("This language is not offered."))
    response: HttpResponse = HttpResponseRedirect(next_of(request))
    preferences.cookie_keep(request, response, preferences.LANGUAGE, code)
    if person := preferences.person_of(request):
        preferences.preference_keep(account=person, language=code)
    return response


@anyone
@require_POST
def set_theme(request: HttpRequest) -> HttpResponse:
    """Keep light, dark or auto. Scripts ask with `Accept: application/json` and need no page back."""
    theme = request.POST.get("theme", "")
    if theme not in preferences.THEMES:
        return error_response(request, 400, text=gettext("There is no such theme."))
    quiet = "application/json" in request.headers.get("Accept", "")
    response = HttpResponse(status=204) if quiet else HttpResponseRedirect(next_of(request))
    preferences.cookie_keep(request, response, preferences.THEME, theme)
    if person := preferences.person_of(request):
        preferences.preference_keep(account=person, theme=theme)
    return response


def luminance(colour: str) -> float:
    """Relative luminance of `rrggbb` as WCAG 2.2 defines it, 0 (black) to 1 (white)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def accent_css(colour: str) -> str:
    """The two variables that a bureau may set; the ink is the one that reads better on the colour."""
    if not COLOUR.fullmatch(colour):
        return ""
    digits = colour.lstrip("#").lower()
    on_white = 1.05 / (luminance(digits) + 0.05)
    ink = "#fff" if on_white >= 4.5 else "#1b2430"
    return f":root,[data-bs-theme]{{--tb-accent:#{digits};--tb-accent-ink:{ink}}}\n"


@anyone
@require_safe
def accent(request: HttpRequest) -> HttpResponse:
    """The bureau's accent colour (主题色) as a stylesheet; empty where there is none."""
    bureau = getattr(getattr(request, "site", None), "bureau", None)
    css = accent_css(str(getattr(bureau, "accent", "") or ""))
    response = HttpResponse(css, content_type="text/css; charset=utf-8")
    response["Cache-Control"] = f"public, max-age={DAY}"
    return response


# ----- handlers named in the URL tables and in CSRF_FAILURE_VIEW


def _in_language(request: HttpRequest, status: int, **words: Any) -> HttpResponse:
    """An error page in the reader's language, also when it comes from outside the middleware."""
    language = getattr(request, "LANGUAGE_CODE", "") or settings.LANGUAGE_CODE
    with override(language):
        return error_response(request, status, **words)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400, or 413 when the body was larger than a form may be."""
    large = isinstance(exception, (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent))
    return _in_language(request, 413 if large else 400)


def forbidden(request: HttpRequest, *_: Any, **__: Any) -> HttpResponse:
    """403."""
    return _in_language(request, 403)


def not_found(request: HttpRequest, *_: Any, **__: Any) -> HttpResponse:
    """404, the same for what is absent and for what one may not see."""
    return _in_language(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500; but 503 while the database is away: nothing is wrong with the request, it can be sent again."""
    away = isinstance(sys.exc_info()[1], DATABASE_AWAY)
    return _in_language(request, 503, retry_after=RETRY_SECONDS) if away else _in_language(request, 500)


def csrf_failure(request: HttpRequest, *_: Any, **__: Any) -> HttpResponse:
    """A form without its token: usually a page that was left open over night."""
    return _in_language(
        request,
        403,
        title=gettext("This page was open for too long"),
        text=gettext(
            "For your safety the form was not accepted. Go back, reload the page and send it again."
        ),
    )
