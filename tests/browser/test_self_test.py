"""The self-test as the audit administrator does it: a click, the page follows, the result is printed."""

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.window import World, sign_in_as, window_open

pytestmark = pytest.mark.browser


def test_a_click_leads_to_a_result_that_can_be_printed(browser: Browser, world: World) -> None:
    window = window_open(browser, world.site)
    # The bureau that the pages are looked at in has weeks of history, made with the clock turned back.
    administrator = world.people["empty-audit"]
    sign_in_as(window, administrator)
    page = window.page
    page.goto(f"{world.site.origin(administrator['site'])}/self-test/")
    history = page.locator("#assurance-history ~ ul li, section:has(#assurance-history) li")
    before = history.count()
    page.click("form[action$='/run/'] button")
    # The page follows by itself; nobody loads it again.
    expect(history).to_have_count(before + 1, timeout=60_000)
    expect(page.locator("form[action$='/run/'] button")).to_be_visible()
    result = page.locator("section:has(#assurance-result)")
    expect(result).to_contain_text(re.compile("未通过 0 项"))
    page.emulate_media(media="print")
    for hidden in (
        "aside",
        "header.tb-topbar",
        "section:has(#assurance-what)",
        "section:has(#assurance-history)",
    ):
        expect(page.locator(hidden).first).to_be_hidden()
    expect(result).to_be_visible()
    assert result.locator("button").is_hidden()
    window.assert_quiet()
    window.context.close()
