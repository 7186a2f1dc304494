"""A browser window that remembers what went wrong in it, and what one can ask it."""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, CDPSession, ConsoleMessage, Page, Request, Response

from infra.setup.frontend import SOURCE
from tests.support.stack import Site

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--force-color-profile=srgb",
]
OPTIONS: dict[str, Any] = {
    "locale": "zh-CN",
    "timezone_id": "Asia/Shanghai",
    "viewport": {"width": 1440, "height": 900},
    "reduced_motion": "reduce",
    "color_scheme": "light",
}
PATIENCE = 15_000
ASSETS = {"stylesheet", "script", "image", "font"}
# Chromium says so for every answer from 400 on, also where the page knows what to do with it.
ANSWERED = "Failed to load resource: the server responded with a status of "


@dataclass
class World:
    """The site and what `furnish` left word of."""

    site: Site
    people: dict[str, dict[str, str]]
    ids: dict[str, str]
    links: dict[str, str]
    codes: dict[str, dict[str, str]]


@dataclass
class Window:
    """A browser of one person: cookies of its own, one page at a time, and a list of complaints."""

    context: BrowserContext
    page: Page
    site: Site
    complaints: list[str] = field(default_factory=list)
    looked: set[str] = field(default_factory=set)  # at its frame: in which language, width, theme

    def first_look(self, what: str) -> bool:
        """Whether it is looked at like this for the first time."""
        first = what not in self.looked
        self.looked.add(what)
        return first

    def assert_quiet(self) -> None:
        """Nothing was said on the console, refused by the policy or asked from another host."""
        said, self.complaints[:] = list(self.complaints), []
        assert said == []


def window_open(browser: Browser, site: Site, **options: Any) -> Window:
    """Open a window; close its context when done."""
    context = browser.new_context(**{**OPTIONS, **options})
    context.set_default_timeout(PATIENCE)
    window = Window(context, context.new_page(), site)
    context.on("page", lambda page: _watch(window, page))
    _watch(window, window.page)
    return window


def _watch(window: Window, page: Page) -> None:
    note = window.complaints.append

    def on_console(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not message.text.startswith(ANSWERED):
            note(f"console {message.type} on {page.url}: {message.text}")

    def on_request(request: Request) -> None:
        parts = urlsplit(request.url)
        ours = parts.hostname == "localhost" or (parts.hostname or "").endswith(".localhost")
        if parts.scheme in {"http", "https"} and not (ours and parts.port == window.site.programs.port):
            note(f"request to another host from {page.url}: {request.url}")

    def on_response(response: Response) -> None:
        kind = response.request.resource_type
        # 503 may be a page's own answer: that an office is suspended.
        most = 399 if kind in ASSETS else 503 if kind == "document" else 499
        if response.status > most or response.status == 500:
            note(f"{response.status} for {response.url} on {page.url}")

    page.on("console", on_console)
    page.on("pageerror", lambda error: note(f"error on {page.url}: {error}"))
    page.on("request", on_request)
    page.on("response", on_response)


def cookie_set(window: Window, label: str, name: str, value: str) -> None:
    """Put a cookie for one site into the window."""
    window.context.add_cookies([{"name": name, "value": value, "url": window.site.origin(label)}])


def sign_in_as(window: Window, person: dict[str, str]) -> None:
    """Give the window the session that `furnish` made for somebody."""
    cookie_set(window, person["site"], settings.SESSION_COOKIE_NAME, person["session"])


# ----- what a page looks like


@cache
def axe_source() -> str:
    """axe, from the front end's packages."""
    return (SOURCE / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


# What another width, language or theme can break; everything else is the same document.
LOOKS = [
    *("color-contrast", "link-in-text-block", "target-size", "scrollable-region-focusable"),
    *("button-name", "link-name", "label", "label-content-name-mismatch", "aria-hidden-focus"),
]
# The frame around every page of a site. It is looked at once for each person, language, width and theme.
FRAME = [".navbar-vertical", ".tb-topbar", ".tb-tabbar"]
AXE_RUN = """(rules, left) => axe.run(left.length ? {exclude: left.map(each => [each])} : document, {resultTypes: ["violations"], preload: false, iframes: false,
    ...(rules.length ? {runOnly: {type: "rule", values: rules}} : {})}).then(found =>
  found.violations.filter(one => one.impact === "serious" || one.impact === "critical").map(one =>
    `${one.impact} ${one.id}: ${one.nodes.slice(0, 3).map(node => node.html.slice(0, 160)
      + " (" + ((node.any[0] || node.all[0] || node.none[0] || {}).message || "").slice(0, 200) + ")").join(" | ")}`))"""


class Eye:
    """Looks at a page through Chromium's own protocol: quicker, and no policy of the page is in the way."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self._session: CDPSession = page.context.new_cdp_session(page)

    def shoot(self, path: Path, *, small: bool = False) -> None:
        """Write what is on the screen as PNG: quickly, or `small`."""
        answer = self._session.send(
            "Page.captureScreenshot", {"format": "png", "optimizeForSpeed": not small}
        )
        path.write_bytes(base64.b64decode(answer["data"]))

    def axe(self, rules: Sequence[str] = (), *, frame: bool = True) -> list[str]:
        """Serious and critical findings of axe: of all rules, or of some; with the page's frame or without."""
        if not self._evaluate("typeof axe === 'object'"):
            self._evaluate(axe_source() + "\n;1")
        found: list[str] = self._evaluate(
            f"({AXE_RUN})({json.dumps(rules)}, {json.dumps([] if frame else FRAME)})"
        )
        return found

    def await_theme(self, theme: str) -> None:
        """Wait until the page's own script has answered; where a person has chosen a theme, there is nothing to await."""
        html = f"html:not([data-tb-theme=auto]), html[data-bs-theme={theme}]"
        # Every frame, where a locator would look again after a tenth of a second.
        assert self._evaluate(
            "new Promise((done) => {"
            f"const until = performance.now() + {PATIENCE}, look = () =>"
            f" document.querySelector({json.dumps(html)}) ? done(true)"
            " : performance.now() > until ? done(false) : requestAnimationFrame(look);"
            "look(); })"
        ), f"the page does not become {theme}"

    def close(self) -> None:
        """Let go of the page."""
        self._session.detach()

    def _evaluate(self, expression: str) -> Any:
        answer = self._session.send(
            "Runtime.evaluate", {"expression": expression, "awaitPromise": True, "returnByValue": True}
        )
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")


def axe_assert(page: Page) -> None:
    """No serious or critical finding on the page as it is now."""
    found = Eye(page).axe()
    assert found == [], f"{page.url}\n" + "\n".join(found)
