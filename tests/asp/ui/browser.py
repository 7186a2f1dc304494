"""Pages of the design system in Chromium, without a server: every request is answered here."""

import base64
import json
import mimetypes
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from django.template import Context, Template
from django.template.context_processors import csrf
from django.utils.translation import override
from playwright.sync_api import Browser, Page, Route, sync_playwright

from asp.ui.bundle import DIST
from asp.ui.context import Shell
from asp.ui.middleware import POLICY
from infra.setup.browser import browser_find
from tests.asp.ui.support import person, request

ORIGIN = "http://ui.localhost"
Answer = Callable[[Route], None]


def draw(body: str, **context: Any) -> str:
    """A page of an office with `body` as its content."""
    asked = request(user=person())
    source = '{% extends "ui/office.html" %}{% load i18n ui %}{% block title %}Test{% endblock %}'
    source += "{% block content %}" + body + "{% endblock %}"
    with override("en"):
        return Template(source).render(
            Context({"request": asked, "shell": Shell(asked), **csrf(asked), **context})
        )


@dataclass
class Stage:
    """What the browser sees: pages by path, and answers for everything else."""

    pages: dict[str, str] = field(default_factory=dict)
    answers: list[tuple[re.Pattern[str], Answer]] = field(default_factory=list)
    seen: list[tuple[str, str, str]] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def answer(self, pattern: str, answer: Answer) -> None:
        """Answer paths that match with `answer`."""
        self.answers.append((re.compile(pattern), answer))

    def handle(self, route: Route) -> None:
        """One request of the browser."""
        asked = route.request
        path = urlsplit(asked.url).path
        if path.startswith("/static/ui/dist/"):
            name = path.rsplit("/", 1)[1]
            kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
            route.fulfill(body=(DIST / name).read_bytes(), content_type=kind)
            return
        self.seen.append((asked.method, path, asked.post_data or "" if asked.method == "POST" else ""))
        for pattern, answer in self.answers:
            if pattern.fullmatch(path):
                answer(route)
                return
        body = self.pages.get(path, draw("<p>elsewhere</p>"))
        route.fulfill(
            body=body, content_type="text/html; charset=utf-8", headers={"Content-Security-Policy": POLICY}
        )

    def posts(self, path: str) -> list[str]:
        """The bodies that were posted to `path`."""
        return [body for method, where, body in self.seen if method == "POST" and where == path]


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser for several tests; each gets a context of its own."""
    path = browser_find()
    assert path, "no Chromium: run `make test`, which installs one or says what is missing"
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@contextmanager
def stage_in(browser: Browser, **options: Any) -> Iterator[tuple[Stage, Page]]:
    """A window whose every request ends here; nothing may be refused by the policy."""
    stage = Stage()
    context = browser.new_context(viewport={"width": 1280, "height": 800}, **options)
    page = context.new_page()
    page.set_default_timeout(10_000)
    page.route("**/*", stage.handle)
    page.on("pageerror", lambda error: stage.complaints.append(str(error)))
    page.on(
        "console",
        lambda said: stage.complaints.append(said.text) if "Content Security" in said.text else None,
    )
    try:
        yield stage, page
    finally:
        context.close()
    assert stage.complaints == []


class TusServer:
    """Enough of the upload service: offsets by id, faults on demand."""

    def __init__(self) -> None:
        self.uploads: dict[str, list[int]] = {}
        self.created: list[dict[str, str]] = []
        self.patches = 0
        self.broken = 0  # so many PATCH requests are answered 503
        self.refusal: tuple[int, str] | None = None

    def handle(self, route: Route) -> None:
        """One request of tus."""
        asked = route.request
        headers = {"Tus-Resumable": "1.0.0"}
        name = urlsplit(asked.url).path.removeprefix("/uploads/")
        if asked.method == "POST":
            self._create(route, headers)
        elif asked.method == "HEAD":
            offset, length = self.uploads[name]
            route.fulfill(
                status=200, headers={**headers, "Upload-Offset": str(offset), "Upload-Length": str(length)}
            )
        elif asked.method == "PATCH":
            self._receive(route, headers, name)
        else:
            self.uploads.pop(name, None)
            route.fulfill(status=204, headers=headers)

    def _create(self, route: Route, headers: dict[str, str]) -> None:
        if self.refusal:
            status, message = self.refusal
            route.fulfill(status=status, headers=headers, body=json.dumps({"message": message}))
            return
        pairs = (part.split(" ") for part in route.request.headers["upload-metadata"].split(","))
        self.created.append({key: base64.b64decode(value).decode() for key, value in pairs})
        name = f"u{len(self.created)}"
        self.uploads[name] = [0, int(route.request.headers["upload-length"])]
        route.fulfill(status=201, headers={**headers, "Location": f"/uploads/{name}"})

    def _receive(self, route: Route, headers: dict[str, str], name: str) -> None:
        self.patches += 1
        if self.broken:
            self.broken -= 1
            route.fulfill(status=503, headers=headers)
            return
        upload = self.uploads[name]
        # Chromium does not hand the bytes of a Blob to the test; the offset tells how many have come.
        upload[0] = min(upload[1], upload[0] + 5 * 1024 * 1024)
        headers["Upload-Offset"] = str(upload[0])
        if upload[0] == upload[1]:
            headers["Tb-Result"] = json.dumps({"id": f"blob-{name}"})
        route.fulfill(status=204, headers=headers)
