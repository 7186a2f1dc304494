"""What the shell around every page needs: brand, navigation, person, language, theme."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language, gettext

from asp.ui import preferences
from asp.ui.flash import Flash, flashes_take
from asp.ui.strings import page_strings
from asp.ui.text import initial_of, localized, reads_chinese
from tenants.registry import NavItem, functions_for

TABS = 4

DUTY_NAMES: dict[str, Callable[[], str]] = {
    "system": lambda: gettext("System administrator"),
    "security": lambda: gettext("Security administrator"),
    "audit": lambda: gettext("Audit administrator"),
}


@dataclass(frozen=True)
class NavEntry:
    """One line of the rail as this person sees it now."""

    code: str
    label: str
    icon: str
    url: str
    active: bool
    order: int = 100
    mark: "Mark | None" = None


@dataclass(frozen=True)
class Mark:
    """A number beside an entry: how much waits behind it, whether some of it is late.

    `part` is the address of the number alone, fetched anew when the live event `event` is told.
    """

    part: str
    event: str
    count: int
    late: bool = False


@dataclass(frozen=True)
class LanguageEntry:
    """A language one can switch to, named in itself."""

    code: str
    html: str
    name: str
    mark: str
    active: bool


@dataclass(frozen=True)
class Bell:
    """The bell of the frame: its page, the address of the bell alone, how many are unread."""

    url: str
    part: str
    count: int


_bells: list[Callable[[HttpRequest], Bell | None]] = []


def register_bell(source: Callable[[HttpRequest], Bell | None]) -> None:
    """Say where the bell comes from; notifications lie above this app."""
    _bells[:] = [source]


_marks: dict[str, Callable[[HttpRequest], Mark | None]] = {}


def register_mark(code: str, source: Callable[[HttpRequest], Mark | None]) -> None:
    """Say where the number beside the entry `code` comes from; functions lie above this app."""
    _marks[code] = source


def url_or_empty(name: str) -> str:
    """The URL of a view that this site may not have."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def without_county(name: str, county: str) -> str:
    """发展和改革局 of 云溪县发展和改革局; a name that is nothing but the county's stays."""
    return name.removeprefix(county).strip() or name


def may_see(item: NavItem, person: Any) -> bool:
    """Whether the entry is for this person: everybody's, their duty's, or their permission's."""
    if item.permission is None and not item.duties:
        return True
    if person is None:
        return False
    if item.duties and getattr(person, "duty", "") in item.duties:
        return True
    return item.permission is not None and bool(person.has_code(item.permission))


class Shell:
    """The frame of a page. Everything is worked out when a template asks for it, once.

    `bare` frames belong to error pages: they ask neither the database nor the session.
    """

    def __init__(self, request: HttpRequest, *, bare: bool = False) -> None:
        self.request = request
        self.bare = bare

    # ----- who and where

    @cached_property
    def site(self) -> Any:
        """The site of the request, or None before one is known."""
        return getattr(self.request, "site", None)

    @cached_property
    def kind(self) -> str:
        """hall, host, bureau or content."""
        return getattr(self.site, "kind", "") or ""

    @cached_property
    def bureau(self) -> Any:
        """The bureau whose office this is, or None."""
        return getattr(self.site, "bureau", None)

    @cached_property
    def person(self) -> Any:
        """The signed-in person, or None."""
        return None if self.bare else preferences.person_of(self.request)

    @cached_property
    def person_name(self) -> str:
        """The person's name for this reader."""
        return localized(self.person) or str(getattr(self.person, "login", ""))

    @cached_property
    def person_sub(self) -> str:
        """A second line under the name: the duty of an administrator, else the account."""
        name = DUTY_NAMES.get(getattr(self.person, "duty", ""))
        return name() if name else str(getattr(self.person, "login", ""))

    @cached_property
    def person_initial(self) -> str:
        """One or two characters for the round sign."""
        return initial_of(self.person_name)

    # ----- brand

    @cached_property
    def county(self) -> str:
        """The name of the county or city that runs the host."""
        asp = getattr(settings, "ASP", None)
        chinese = getattr(asp, "county_name", "") or "云溪县"
        english = getattr(asp, "county_name_en", "") or "Yunxi County"
        return chinese if reads_chinese() else english

    @cached_property
    def brand_name(self) -> str:
        """The name at the top of the rail; the county stands below it, so it is not said twice."""
        if self.bureau is not None:
            return without_county(localized(self.bureau), self.county)
        if self.kind == "host":
            return gettext("ASP console")
        return gettext("{county} Services").format(county=self.county)

    @cached_property
    def brand_sub(self) -> str:
        """The small line under it."""
        if self.kind == "host":
            return gettext("{county} host").format(county=self.county)
        return self.county

    @cached_property
    def emblem(self) -> str:
        """The character on the emblem; the Chinese one in every language."""
        county = getattr(getattr(settings, "ASP", None), "county_name", "") or "云溪县"
        return initial_of(county if self.bureau is None else without_county(self.bureau.name, county))

    @cached_property
    def full_name(self) -> str:
        """The whole name, as a gate or a slip says it: 云溪县发展和改革局."""
        if self.bureau is None or not reads_chinese() or not self.bureau.name:
            return localized(self.bureau) if self.bureau is not None else self.brand_name
        return f"{self.county}{self.brand_name}"

    @cached_property
    def accent_url(self) -> str:
        """The stylesheet with the bureau's own colour, if it has one."""
        accent = getattr(self.bureau, "accent", "") or ""
        url = url_or_empty("ui:accent") if accent else ""
        return f"{url}?c={accent.lstrip('#')}" if url else ""

    @cached_property
    def home_url(self) -> str:
        """Where the brand leads."""
        return "/"

    # ----- navigation

    @cached_property
    def items(self) -> list[NavEntry]:
        """The rail: what exists on this site, is switched on, and is for this person."""
        if self.bare or self.site is None:
            return []
        if self.kind in ("bureau", "host") and self.person is None:
            return []
        found: list[tuple[NavItem, str]] = []
        for function in functions_for(self.site):
            for item in function.navigation:
                if item.sites and self.kind not in item.sites:
                    continue
                url = url_or_empty(item.url_name) if may_see(item, self.person) else ""
                if url:
                    found.append((item, url))
        found.sort(key=lambda each: each[0].order)
        current = self._active([(item.code, item.url_name, url) for item, url in found])
        return [
            NavEntry(
                item.code,
                str(item.label),
                item.icon,
                url,
                item.code == current,
                item.order,
                self._mark(item.code),
            )
            for item, url in found
        ]

    def _mark(self, code: str) -> Mark | None:
        source = _marks.get(code)
        return source(self.request) if source is not None else None

    def _active(self, entries: list[tuple[str, str, str]]) -> str:
        """The code of the entry that this page belongs to.

        The view's own entry wins, then the longest entry address that the page's address begins with,
        then an entry of the same URL namespace.
        """
        match = getattr(self.request, "resolver_match", None)
        for code, url_name, _url in entries:
            if match is not None and match.view_name == url_name:
                return code
        inside = [
            (len(url), code) for code, _n, url in entries if url != "/" and self.request.path.startswith(url)
        ]
        if inside:
            return max(inside)[1]
        for code, url_name, _url in entries:
            if match is not None and match.namespace and url_name.startswith(f"{match.namespace}:"):
                return code
        return ""

    @cached_property
    def tabs(self) -> list[NavEntry]:
        """The first entries, for the bar at the bottom of a phone."""
        return self.items[:TABS]

    @cached_property
    def more_active(self) -> bool:
        """Whether the page belongs to an entry that the phone keeps under "more"."""
        return any(item.active for item in self.items[TABS:])

    @cached_property
    def search_url(self) -> str:
        """The results page, on sites that have one."""
        return url_or_empty("search:results") if self.person is not None and self.kind == "bureau" else ""

    @cached_property
    def search_text(self) -> str:
        """What is in the search box now."""
        return self.request.GET.get("q", "") if self.request.path == self.search_url else ""

    @cached_property
    def bell(self) -> Bell | None:
        """The person's notifications, on sites that have them."""
        if self.person is None or self.bare or self.kind not in ("bureau", "host"):
            return None
        return next((found for source in _bells if (found := source(self.request)) is not None), None)

    @cached_property
    def profile_url(self) -> str:
        """The person's own page."""
        return url_or_empty("accounts:profile")

    @cached_property
    def security_url(self) -> str:
        """Password and second factor."""
        return url_or_empty("accounts:security")

    @cached_property
    def sessions_url(self) -> str:
        """The person's sessions."""
        return url_or_empty("accounts:sessions")

    @cached_property
    def sign_in_url(self) -> str:
        """Where one signs in, if this site has it."""
        return url_or_empty("accounts:sign-in")

    @cached_property
    def sign_out_url(self) -> str:
        """Where one signs out (POST)."""
        return url_or_empty("accounts:sign-out")

    @cached_property
    def hall_url(self) -> str:
        """The hall's address, from any other site."""
        asp = getattr(settings, "ASP", None)
        domain = getattr(asp, "base_domain", "")
        if not domain or self.kind == "hall":
            return "/"
        scheme = getattr(asp, "scheme", "") or ("https" if self.request.is_secure() else "http")
        port = str(getattr(asp, "port", "") or "")
        usual = {"http": "80", "https": "443"}.get(scheme)
        return f"{scheme}://{domain}{'' if not port or port == usual else ':' + port}/"

    # ----- language and theme

    @cached_property
    def html_lang(self) -> str:
        """The `lang` of the document."""
        return preferences.HTML_LANGUAGES.get(get_language() or "", "zh-CN")

    @cached_property
    def languages(self) -> list[LanguageEntry]:
        """The languages, each named in itself."""
        now = get_language()
        return [
            LanguageEntry(
                code,
                preferences.HTML_LANGUAGES.get(code, code),
                preferences.LANGUAGE_NAMES.get(code, code),
                preferences.LANGUAGE_MARKS.get(code, code),
                code == now,
            )
            for code, _name in settings.LANGUAGES
        ]

    @cached_property
    def other_languages(self) -> list[LanguageEntry]:
        """The languages one is not reading now."""
        return [entry for entry in self.languages if not entry.active]

    @cached_property
    def theme(self) -> str:
        """auto, light or dark, as chosen."""
        return preferences.theme_of(self.request, self.person)

    @cached_property
    def theme_now(self) -> str:
        """What the server can say before the browser has looked at its own setting."""
        return "dark" if self.theme == "dark" else "light"

    @cached_property
    def here(self) -> str:
        """This page's address, for forms that come back to it."""
        return self.request.get_full_path()

    # ----- the page

    @cached_property
    def strings(self) -> dict[str, str]:
        """The words that the scripts need, in the reader's language."""
        return page_strings()

    @cached_property
    def flashes(self) -> list[Flash]:
        """Words waiting for this person; reading takes them."""
        return [] if self.bare else flashes_take(self.request)

    @cached_property
    def request_id(self) -> str:
        """The number to quote when something went wrong."""
        return getattr(self.request, "id", "")

    @cached_property
    def version(self) -> str:
        """The version of the software."""
        return str(getattr(getattr(settings, "ASP", None), "version", "") or "")


def shell(request: HttpRequest) -> dict[str, Any]:
    """Template context processor: `shell`, worked out only if the page has a frame."""
    return {"shell": SimpleLazyObject(lambda: Shell(request))}
