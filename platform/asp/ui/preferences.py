"""The reader's language and theme: the person's choice, this browser's, its settings, the bureau's default."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_supported_language_variant
from django.utils.translation.trans_real import parse_accept_lang_header

LANGUAGE = "language"
THEME = "theme"
THEMES = ("auto", "light", "dark")
YEAR = 365 * 24 * 3600

HTML_LANGUAGES = {"zh-hans": "zh-CN", "en": "en"}
LANGUAGE_NAMES = {"zh-hans": "中文", "en": "English"}
LANGUAGE_MARKS = {"zh-hans": "中文", "en": "EN"}


def cookie_name(request: HttpRequest, what: str) -> str:
    """`tb_theme`; with the `__Host-` prefix where the connection allows it."""
    return f"__Host-tb_{what}" if request.is_secure() else f"tb_{what}"


def cookie_keep(request: HttpRequest, response: HttpResponse, what: str, value: str) -> None:
    """Remember a choice in this browser."""
    response.set_cookie(
        cookie_name(request, what),
        value,
        max_age=YEAR,
        path="/",
        secure=request.is_secure(),
        httponly=True,
        samesite="Lax",
    )


def supported(code: str | None) -> str:
    """The supported language nearest to `code`, or an empty string."""
    if not code:
        return ""
    try:
        return get_supported_language_variant(code)
    except LookupError:
        return ""


def person_of(request: HttpRequest) -> Any:
    """The signed-in person, or None. Browsers without a session cost no database query."""
    if settings.SESSION_COOKIE_NAME not in request.COOKIES and not hasattr(request, "_cached_user"):
        return None
    user = getattr(request, "user", None)
    return user if user is not None and user.is_authenticated else None


def language_of(request: HttpRequest) -> str:
    """The language to answer in."""
    person = person_of(request)
    if chosen := supported(getattr(person, "language", "")):
        return chosen
    if chosen := supported(request.COOKIES.get(cookie_name(request, LANGUAGE))):
        return chosen
    for code, _weight in parse_accept_lang_header(request.headers.get("Accept-Language", "")):
        if code == "*":
            break
        if chosen := supported(code):
            return chosen
    bureau = getattr(getattr(request, "site", None), "bureau", None)
    return supported(getattr(bureau, "language", "")) or settings.LANGUAGE_CODE


def theme_of(request: HttpRequest, person: Any = None) -> str:
    """auto, light or dark. Never asks the database: the caller brings the person if it knows one."""
    chosen = getattr(person, "theme", "") or request.COOKIES.get(cookie_name(request, THEME), "")
    return chosen if chosen in THEMES else "auto"


def preference_keep(*, account: Any, language: str | None = None, theme: str | None = None) -> None:
    """Store a person's own choice of language or theme in their account.

    How one likes one's own screen is no audited act; it changes nobody's rights and nobody else's view.
    """
    changed = []
    for field, value in ((LANGUAGE, language), (THEME, theme)):
        if value is not None and hasattr(account, field) and getattr(account, field) != value:
            setattr(account, field, value)
            changed.append(field)
    if changed:
        account.save(update_fields=changed)
