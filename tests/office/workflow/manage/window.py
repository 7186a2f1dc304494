"""A browser whose requests are answered by the test client: real pages and real services, no server."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from django.db import connection
from playwright.sync_api import Browser, Page, Route

ORIGIN = "http://office.localhost"
PASSED_ON = (
    "content-type",
    "accept",
    "hx-request",
    "hx-current-url",
    "hx-target",
    "x-csrftoken",
    "idempotency-key",
)


@dataclass
class Window:
    """One person's browser. `complaints`: what went wrong in it."""

    page: Page
    client: Any
    pool: ThreadPoolExecutor
    language: str = "en"
    complaints: list[str] = field(default_factory=list)

    def ask(self, work: Any) -> Any:
        """Do something with the database; Playwright's loop runs in this thread, so another one does it."""
        return self.pool.submit(work).result()

    def handle(self, route: Route) -> None:
        """One request of the browser."""
        asked = route.request
        parts = urlsplit(asked.url)
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        headers = {
            f"HTTP_{key.upper().replace('-', '_')}": value
            for key, value in asked.headers.items()
            if key in PASSED_ON and key != "content-type"
        }
        answer = self.ask(
            lambda: self.client.generic(
                asked.method,
                path,
                asked.post_data_buffer or b"",
                content_type=asked.headers.get("content-type", ""),
                HTTP_ACCEPT_LANGUAGE=self.language,
                **headers,
            )
        )
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        sent = {key: value for key, value in answer.headers.items() if key != "Content-Length"}
        route.fulfill(status=answer.status_code, headers=sent, body=body)

    def open(self, path: str) -> Page:
        """Go to a page of the office."""
        self.page.goto(ORIGIN + path)
        return self.page


@contextmanager
def window_of(browser: Browser, client: Any, *, language: str = "en", **options: Any) -> Iterator[Window]:
    """A window of somebody; nothing may be refused by the policy, no script may fail."""
    context = browser.new_context(**{"viewport": {"width": 1440, "height": 900}, **options})
    page = context.new_page()
    page.set_default_timeout(10_000)
    with ThreadPoolExecutor(1) as pool:
        window = Window(page, client, pool, language)
        page.route("**/*", window.handle)
        page.on("pageerror", lambda error: window.complaints.append(str(error)))
        page.on(
            "console",
            lambda said: window.complaints.append(said.text) if "Content Security" in said.text else None,
        )
        try:
            yield window
        finally:
            context.close()
            pool.submit(lambda: connection.close()).result()  # noqa: PLW0108 (of that thread)
    assert window.complaints == []
