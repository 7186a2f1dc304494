"""Pages that follow what happens elsewhere: one stream for all of them, and none needed."""

import base64
import http.client
import json
import zlib
from typing import Any

import pytest
import redis
from playwright.sync_api import Browser, Page

from asp.live import wire
from tenants.keys import uuid7
from tests.browser.window import Window, World, sign_in_as, window_open

pytestmark = pytest.mark.browser

PART = """key => {
  const part = document.createElement("div");
  part.id = "probe";
  part.dataset.tbLive = `probe:${key}`;
  part.dataset.tbQuiet = "";
  part.setAttribute("hx-get", `/live/ticket?${key}`);
  part.setAttribute("hx-trigger", "tb-live");
  part.setAttribute("hx-swap", "none");
  document.querySelector("main").append(part);
  window.htmx.process(part);
}"""
IS_UP = "document.documentElement.dataset.tbLine === 'up'"


@pytest.fixture
def window(browser: Browser, world: World) -> Any:
    found = window_open(browser, world.site)
    sign_in_as(found, world.people["host-system"])
    yield found
    found.assert_quiet()
    found.context.close()


def show(window: Window, page: Page) -> tuple[str, list[str]]:
    """Open a page with a part that listens for a key of its own; gives the key and what the part asks."""
    asked: list[str] = []
    key = str(uuid7())
    page.on("request", lambda request: asked.append(request.url) if f"?{key}" in request.url else None)
    page.goto(window.site.origin("host") + "/")
    line_is(page, "up")
    page.evaluate(PART, key)
    return key, asked


def say(window: Window, key: str) -> None:
    """Tell of a change as a service does after its commit, to whoever this page listens for."""
    ticket = window.page.evaluate("fetch('/live/ticket').then((answer) => answer.json())")["ticket"]
    url = window.site.environment["REDIS_URL"]
    message = wire.pack(wire.Event("probe", key), audiences_of(ticket)[:1])
    redis.Redis.from_url(url).publish(wire.channel_of(url), message)


def audiences_of(ticket: str) -> list[str]:
    text = ticket.split(":")[0]
    raw = base64.urlsafe_b64decode(text.lstrip(".") + "=" * (-len(text.lstrip(".")) % 4))
    return list(json.loads(zlib.decompress(raw) if text.startswith(".") else raw)["to"])


def line_is(page: Page, state: str) -> None:
    page.locator(f"html[data-tb-line={state}]").wait_for(state="attached")


def wait(page: Page, asked: list[str], count: int) -> None:
    for _ in range(300):
        if len(asked) >= count:
            return
        page.wait_for_timeout(20)
    raise AssertionError(f"asked {len(asked)} times, not {count}")


def test_two_pages_share_one_stream_and_both_follow(window: Window) -> None:
    other = window.context.new_page()
    # The requests of a SharedWorker belong to no page, so the realtime process is asked who listens.
    before = streams(window)
    mine, asked = show(window, window.page)
    theirs, also = show(window, other)
    assert streams(window) - before <= 1
    say(window, mine)
    wait(window.page, asked, 1)
    # A page in the background catches up when somebody looks at it.
    say(window, theirs)
    other.bring_to_front()
    wait(other, also, 1)
    assert len(asked) == 1


def test_a_storm_of_changes_is_fetched_a_few_times(window: Window) -> None:
    key, asked = show(window, window.page)
    for _ in range(40):
        say(window, key)
    wait(window.page, asked, 1)
    say(window, key)
    wait(window.page, asked, 2)
    assert len(asked) < 30


def test_without_the_realtime_process_a_watched_part_is_fetched_and_it_comes_back(window: Window) -> None:
    key, asked = show(window, window.page)
    window.page.evaluate("document.getElementById('probe').dataset.tbPace = '1'")
    window.site.kill("realtime")
    line_is(window.page, "down")
    wait(window.page, asked, 1)
    while not window.page.evaluate(IS_UP):
        window.site.watch()
        window.page.wait_for_timeout(100)
    window.page.evaluate("delete document.getElementById('probe').dataset.tbPace")
    count = len(asked)
    say(window, key)
    wait(window.page, asked, count + 1)
    # Whatever the browser says of a connection that broke off is no complaint about the page.
    window.complaints[:] = [each for each in window.complaints if "ERR_" not in each]


def streams(window: Window) -> int:
    """How many streams the realtime process has."""
    port = window.site.ports.get("realtime")
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    connection.request("GET", "/healthz")
    return int(json.loads(connection.getresponse().read())["streams"])
