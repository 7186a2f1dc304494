"""Every page at 1440 and 390 pixels, in Chinese and English, light and dark, full and empty.

Screenshots lie in `.data/screenshots`. A page fails on horizontal scroll, on words in the wrong language, on
serious findings of axe, on what the console says, on requests to other hosts.
"""

import inspect
import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal

import pytest
from django.conf import settings
from django.urls import URLResolver, get_resolver
from playwright.sync_api import Browser

from infra.tools import ROOT
from office.documents import numbering
from office.organization import seed
from office.workflow import central
from office.workflow.bpmn.steps import writer
from provisioning.demo import county, documents, roles
from tests.browser import furnish, furnish_documents, furnish_drawings, furnish_host, furnish_processes, words
from tests.browser.pages import NOT_LOOKED_AT, NOTICE, VIEWS, View, track
from tests.browser.window import LOOKS, Eye, Window, World, cookie_set, sign_in_as, window_open
from tests.support import engineering_centre

pytestmark = pytest.mark.browser

Theme = Literal["light", "dark"]
FOLDER = ROOT / ".data" / "screenshots"
LANGUAGES = {"zh": "zh-hans", "en": "en"}
SIZES = {1440: {"width": 1440, "height": 900}, 390: {"width": 390, "height": 844}}
# Words and widths are read in all four ways. Colours change neither, so four pictures show every pair of language,
# width and theme; LOOKS=all makes all eight.
THEMES: dict[tuple[str, int], Theme] = {
    ("zh", 1440): "light",
    ("zh", 390): "dark",
    ("en", 390): "light",
    ("en", 1440): "dark",
}
BOTH: tuple[Theme, Theme] = ("light", "dark")
ALL = os.environ.get("LOOKS") == "all" or "UPDATE_SCREENSHOTS" in os.environ
# Light and dark differ in colours only, so one look of axe at each, in different languages and at different widths.
AXE: dict[tuple[str, int, Theme], Sequence[str]] = {("zh", 1440, "light"): (), ("zh", 390, "dark"): LOOKS}
# What people typed stays in their language.
SOURCES = (
    *(county, documents, engineering_centre, furnish, furnish_documents, furnish_drawings, furnish_host),
    *(furnish_processes, numbering, roles, seed),
    writer,
)
DATA = "".join(inspect.getsource(module) for module in SOURCES)
DATA += "".join(path.read_text("utf-8") for path in central.FOLDER.glob("*.json"))
DATA += f"{NOTICE}国办发明电"
DATA += "中文云溪县授权书预算表 审计日志- 云发改发 云发改函 云发改办公会纪要"
EMPTY_VIEWS = tuple(
    replace(view, name=f"{view.name}-empty", who=f"empty-{view.who}") for view in VIEWS if view.empty
)
TRACKED = tuple(
    View(f"hall-tracked-{key}", "hall", f"track-{key}", "provisioning:track")
    for key in ("correction", "opened")
)
LINKS = {"gate-activation": "activation", "gate-activation-administrator": "administrator"}
# Shown in README.md and in the guides: UPDATE_SCREENSHOTS=1 copies them to docs/screenshots.
SHOWN = {
    "hall-home.png": "hall-home-1440-zh-light",
    "host-bureaus.png": "host-bureaus-1440-zh-light",
    "host-opening.png": "host-opening-1440-zh-light",
    "office-workbench.png": "office-workbench-system-1440-zh-light",
    "office-files.png": "office-files-details-1440-zh-light",
    "office-files-phone.png": "office-files-390-zh-light",
    "office-import.png": "office-import-wrong-1440-zh-light",
}


@pytest.fixture(scope="module")
def windows(browser: Browser, world: World) -> Iterator[dict[str, Window]]:
    """A window for each person, opened when first asked for."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    opened: dict[str, Window] = {}
    yield opened
    for window in opened.values():
        window.context.close()


def _window(windows: dict[str, Window], browser: Browser, world: World, view: View) -> Window:
    key = (view.who or view.label(world) or "hall") + ("-mail" if view.mail else "")
    if key not in windows:
        window = windows[key] = window_open(browser, world.site)
        if view.who in world.people:
            sign_in_as(window, world.people[view.who])
        elif view.who in world.codes:
            cookie_set(window, "", "tb_application", world.codes[view.who]["draft"])
    return windows[key]


def _address(view: View, world: World) -> str:
    if view.name in LINKS:
        return world.links[LINKS[view.name]]
    return f"{world.site.origin(view.label(world))}{view.path(world)}"


@pytest.mark.parametrize("view", [*VIEWS, *TRACKED, *EMPTY_VIEWS], ids=lambda view: view.name)
def test_page(
    view: View,
    windows: dict[str, Window],
    browser: Browser,
    world: World,
    request: pytest.FixtureRequest,
) -> None:
    if view.mail:
        world = request.getfixturevalue("mailing_world")
    window = _window(windows, browser, world, view)
    tracked = track(world, view.who.removeprefix("track-")) if view.who.startswith("track-") else None
    acts = [each for each in (tracked, view.act) if each]
    found: list[str] = []
    for short, language in LANGUAGES.items():
        cookie_set(window, view.label(world), settings.LANGUAGE_COOKIE_NAME, language)
        width, themes = _order(view, short)[0]
        window.page.set_viewport_size(SIZES[width])
        window.page.emulate_media(color_scheme=themes[0])
        answer = window.page.goto(_address(view, world))
        for act in acts:
            act(window.page)
        if not acts and (answer is None or answer.status != view.status):
            found.append(f"{short}: status {answer and answer.status}, not {view.status}")
        if view.who in world.people and "/sign-in/" in window.page.url and not view.name.startswith("gate-"):
            found.append(f"{short}: nobody is signed in any more")
        found += _look(view, window, world, short)
    found += window.complaints
    window.complaints.clear()
    assert found == [], "\n".join(found)


def _order(view: View, short: str) -> list[tuple[int, tuple[Theme, ...]]]:
    """Widths and themes in the order in which the fewest changes are needed.

    English begins where Chinese ended, and ends where the next page begins. Pages that are brought about by acts
    are brought about at the same width each time.
    """
    widths = view.widths[::-1] if short == "en" and view.act is None else view.widths
    return [(width, _themes(view, short, width)) for width in widths]


def _themes(view: View, short: str, width: int) -> tuple[Theme, ...]:
    """The colours in which a page is looked at; the one that needs no change before the other."""
    first = THEMES[short, width]
    wanted = [each for each in BOTH if ALL or f"{view.name}-{width}-{short}-{each}" in SHOWN.values()]
    return (first, *(each for each in wanted if each != first))


def _look(view: View, window: Window, world: World, short: str) -> list[str]:
    """Look at the loaded page in both widths and themes; return what is wrong with it."""
    page, eye, found = window.page, Eye(window.page), []
    for width, themes in _order(view, short):
        page.set_viewport_size(SIZES[width])
        seen = words.read(page)
        if seen["wide"] > seen["room"]:
            found.append(f"{short} {width}: {seen['wide'] - seen['room']} pixels wider than the screen")
        left = words.english_left(seen["texts"]) if short == "zh" else words.chinese_left(seen["texts"], DATA)
        found += [f"{short} {width}: wrong language: {text}" for text in left]
        for theme in themes:
            page.emulate_media(color_scheme=theme)
            eye.await_theme(theme)
            if (rules := AXE.get((short, width, theme))) is not None:
                frame = window.first_look(f"{view.label(world)} {short} {width} {theme}")
                found += [f"{short} {width} {theme}: {text}" for text in eye.axe(rules, frame=frame)]
            name = f"{view.name}-{width}-{short}-{theme}"
            eye.shoot(FOLDER / f"{name}.png", small=name in SHOWN.values())
    eye.close()
    return list(dict.fromkeys(found))


def _names(table: URLResolver, prefix: str = "") -> Iterator[str]:
    """The names of all addresses of a URL table."""
    for entry in table.url_patterns:
        if isinstance(entry, URLResolver):
            yield from _names(entry, f"{entry.app_name}:" if entry.app_name else prefix)
        else:
            yield f"{prefix}{entry.name}"


@pytest.mark.parametrize("kind", ["hall", "host", "bureau"])
def test_no_page_is_forgotten(kind: str) -> None:
    """A new address is looked at, or named among those that are no pages."""
    looked_at = {view.view for view in VIEWS}
    assert set(_names(get_resolver(settings.URL_TABLES[kind]))) - looked_at - NOT_LOOKED_AT == set()


def test_shown(windows: dict[str, Window]) -> None:
    """The pictures in the documents are those of the last run that was asked to replace them."""
    target = ROOT / "docs" / "screenshots"
    if os.environ.get("UPDATE_SCREENSHOTS"):
        for name, source in SHOWN.items():
            shutil.copyfile(FOLDER / f"{source}.png", target / name)
    missing = [name for name in SHOWN if not (target / name).exists()]
    assert missing == []
    assert [path.name for path in Path(target).glob("*.png") if path.stat().st_size > 200_000] == []
