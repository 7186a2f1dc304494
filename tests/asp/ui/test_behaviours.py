"""What the bundle does on a page, in Chromium, under the content security policy."""

from collections.abc import Iterator
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import Browser, Route

from asp.ui.bundle import BundleMissing, manifest
from tests.asp.ui.browser import ORIGIN, TusServer, chromium, draw, stage_in

pytestmark = pytest.mark.browser

TABLE = """<form method="post" action="/act/" data-tb-select>{% csrf_token %}
<input type="checkbox" data-tb-all aria-label="All">
<ul data-tb-list>{% for n in "12345" %}<li data-tb-item>
<input type="checkbox" name="id" value="{{ n }}" data-tb-row aria-label="{{ n }}"><a href="/item/{{ n }}/">Item {{ n }}</a>
</li>{% endfor %}</ul>
{% selection %}<button type="submit" name="act" value="move">Move</button>
<button type="submit" name="act" value="rename" data-tb-single>Rename</button>{% endselection %}</form>"""
CONFIRM = """<button type="button" data-tb-open="gone">Delete</button>
{% include "ui/_confirm.html" with id="gone" title="Delete?" action="/delete/" name="年度 总结" button="Delete it" %}"""
LETTER = """<form method="post" action="/letter/" data-tb-unsaved data-tb-draft="letter">{% csrf_token %}
<input name="title" aria-label="Title" value=""><input type="password" name="secret" id="secret" aria-label="Secret">
<button type="button" data-tb-reveal="secret" aria-label="Show password">{% icon "eye" %}</button>
<button type="submit" name="go" value="1">Send</button></form>"""
PARTS = """<button type="button" hx-post="/act/" hx-swap="none">Act</button>
<form hx-post="/form/" hx-swap="none" data-tb-unsaved>{% csrf_token %}<input name="a" aria-label="A" value="1">
<button type="submit">Send</button></form>"""
UPLOAD = """{% include "ui/_upload.html" with purpose="library.file" target="folder-1" multiple=True max=6291456 input="#got" %}
<input type="hidden" id="got">"""
KEPT = "JSON.stringify(localStorage)"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    try:
        manifest()
    except BundleMissing as error:
        pytest.fail(f"{error}: run `make test`, which builds it")
    with chromium() as started:
        yield started


def test_it_selects_many_and_acts_on_them(browser: Browser) -> None:
    with stage_in(browser) as (stage, page):
        stage.pages["/"] = draw(TABLE)
        page.goto(f"{ORIGIN}/")
        bar = page.locator("[data-tb-selection-bar]")
        assert bar.is_hidden()
        boxes = page.locator("[data-tb-row]")
        boxes.nth(1).click()
        assert page.get_by_role("button", name="Rename").is_enabled()
        boxes.nth(3).click(modifiers=["Shift"])
        assert page.locator("[data-tb-selection-count]").inner_text() == "3 selected"
        assert page.get_by_role("button", name="Rename").is_disabled()
        page.keyboard.press("Escape")
        assert bar.is_hidden()
        page.get_by_label("All").click()
        page.get_by_role("button", name="Move").click()
        page.wait_for_url("**/act/")
        assert stage.posts("/act/")[0].count("id=") == 5
        assert "act=move" in stage.posts("/act/")[0]


def test_it_walks_a_list_with_the_keyboard(browser: Browser) -> None:
    with stage_in(browser) as (stage, page):
        stage.pages["/"] = draw(TABLE)
        page.goto(f"{ORIGIN}/")
        for key in "jjjk":
            page.keyboard.press(key)
        assert page.evaluate("document.activeElement.textContent") == "Item 2"
        page.keyboard.press("x")
        assert page.locator("[data-tb-row]").nth(1).is_checked()
        page.keyboard.press("j")
        page.keyboard.press("Enter")
        page.wait_for_url("**/item/3/")


def test_it_deletes_only_what_was_named(browser: Browser) -> None:
    with stage_in(browser) as (stage, page):
        stage.pages["/"] = draw(CONFIRM)
        page.goto(f"{ORIGIN}/")
        page.get_by_role("button", name="Delete", exact=True).click()
        button = page.get_by_role("button", name="Delete it")
        assert button.is_disabled()
        page.get_by_label("Type").fill("年度 总")
        assert button.is_disabled()
        page.get_by_label("Type").fill(" 年度 总结 ")
        button.click()
        page.wait_for_url("**/delete/")
        assert len(stage.posts("/delete/")) == 1


def test_it_sends_a_form_once(browser: Browser) -> None:
    with stage_in(browser) as (stage, page):
        stage.pages["/"] = draw(LETTER)
        stage.answer(
            "/letter/", lambda route: route.fulfill(status=204)
        )  # the page stays, the person clicks again
        page.goto(f"{ORIGIN}/")
        page.evaluate(
            "() => { const b = document.querySelector('[name=go]'); b.click(); b.click(); setTimeout(() => b.click(), 50); }"
        )
        page.wait_for_timeout(400)
        assert len(stage.posts("/letter/")) == 1
        assert "go=1" in stage.posts("/letter/")[0]
        assert page.get_by_role("button", name="Send").is_disabled()


def test_it_keeps_a_draft_and_warns_before_leaving(browser: Browser) -> None:
    with stage_in(browser) as (stage, page):
        stage.pages["/"] = draw(LETTER)
        asked = []
        page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
        page.goto(f"{ORIGIN}/")
        page.get_by_label("Title").fill("半篇文章")
        page.get_by_label("Secret").fill("not to be kept")
        page.wait_for_timeout(1200)
        assert "半篇文章" in page.evaluate(KEPT)
        assert "not to be kept" not in page.evaluate(KEPT)
        page.goto(f"{ORIGIN}/")
        assert asked == ["beforeunload"]
        page.get_by_role("button", name="Restore it").click()
        assert page.get_by_label("Title").input_value() == "半篇文章"
        # The server takes it: the next page means that the draft has arrived.
        page.get_by_role("button", name="Send").click()
        page.wait_for_url("**/letter/")
        assert page.evaluate(KEPT) == "{}"


def test_it_shows_a_password_and_hides_it_again(browser: Browser) -> None:
    with stage_in(browser) as (stage, page):
        stage.pages["/"] = draw(LETTER)
        page.goto(f"{ORIGIN}/")
        page.get_by_role("button", name="Show password").click()
        assert page.locator("#secret").get_attribute("type") == "text"
        page.get_by_role("button", name="Hide password").click()
        assert page.locator("#secret").get_attribute("type") == "password"


def test_it_follows_the_browsers_theme_and_the_persons_choice(browser: Browser) -> None:
    with stage_in(browser, color_scheme="dark") as (stage, page):
        stage.pages["/"] = draw("<p>x</p>")
        page.goto(f"{ORIGIN}/")
        assert page.evaluate("document.documentElement.dataset.bsTheme") == "dark"
        page.locator("[data-tb-theme-switch] button").first.click()
        assert page.evaluate("document.documentElement.dataset.bsTheme") == "light"
        page.wait_for_timeout(100)
        assert "light" in stage.posts("/ui/theme/")[0]


def test_it_tells_what_a_part_could_not_do(browser: Browser) -> None:
    with stage_in(browser) as (stage, page):
        stage.pages["/"] = draw(
            '<button hx-post="/part/" hx-target="#here">Go</button><div id="here">before</div>'
        )
        stage.answer(
            "/part/",
            lambda route: route.fulfill(
                status=409,
                body="<div>Somebody was faster</div>",
                headers={"Tb-Error": "part"},
                content_type="text/html",
            ),
        )
        page.goto(f"{ORIGIN}/")
        page.get_by_role("button", name="Go").click()
        assert page.locator(".tb-toast.is-bad .tb-toast-text").inner_text() == "Somebody was faster"
        assert page.locator("#here").inner_text() == "before"


def test_it_says_a_word_with_an_undo(browser: Browser) -> None:
    with stage_in(browser) as (stage, page):
        stage.pages["/"] = draw('<button hx-post="/part/" hx-swap="none">Go</button>')
        word = '{"tb:toast": {"items": [{"text": "<b>Moved</b>", "kind": "ok", "undo": "/undo/"}]}}'
        stage.answer("/part/", lambda route: route.fulfill(status=200, body="", headers={"HX-Trigger": word}))
        page.goto(f"{ORIGIN}/")
        page.get_by_role("button", name="Go").click()
        assert page.locator(".tb-toast-text").inner_text() == "<b>Moved</b>"
        page.get_by_role("button", name="Undo").click()
        page.wait_for_url("**/undo/")
        assert "csrfmiddlewaretoken" in stage.posts("/undo/")[0]


class TestUpload:
    def file(self, name: str, size: int) -> dict[str, object]:
        return {"name": name, "mimeType": "application/octet-stream", "buffer": bytes(size)}

    def test_it_sends_a_file_in_pieces_and_hands_on_the_result(self, browser: Browser) -> None:
        with stage_in(browser) as (stage, page):
            tus = TusServer()
            stage.pages["/"] = draw(UPLOAD)
            stage.answer("/uploads/.*", tus.handle)
            page.goto(f"{ORIGIN}/")
            page.set_input_files("[data-tb-files]", [self.file("方案（第三稿）.docx", 11 * 512 * 1024)])  # type: ignore[list-item]
            page.get_by_text("Done", exact=True).wait_for()
            assert tus.created == [
                {"filename": "方案（第三稿）.docx", "purpose": "library.file", "target": "folder-1"}
            ]
            assert tus.patches == 2
            assert page.locator("#got").input_value() == "blob-u1"
            assert (
                page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('tus')).length") == 0
            )

    def test_it_goes_on_after_a_break(self, browser: Browser) -> None:
        with stage_in(browser) as (stage, page):
            tus = TusServer()
            tus.broken = 2
            stage.pages["/"] = draw(UPLOAD)
            stage.answer("/uploads/.*", tus.handle)
            page.goto(f"{ORIGIN}/")
            page.set_input_files("[data-tb-files]", [self.file("a.bin", 2000)])  # type: ignore[list-item]
            page.get_by_text("Done", exact=True).wait_for()
            assert len(tus.created) == 1

    def test_it_says_why_the_server_refused(self, browser: Browser) -> None:
        with stage_in(browser) as (stage, page):
            tus = TusServer()
            tus.refusal = (413, "3 MB are missing")
            stage.pages["/"] = draw(UPLOAD)
            stage.answer("/uploads/.*", tus.handle)
            page.goto(f"{ORIGIN}/")
            page.set_input_files("[data-tb-files]", [self.file("a.bin", 1000)])  # type: ignore[list-item]
            page.get_by_text("Not uploaded: 3 MB are missing").first.wait_for()
            tus.refusal = None
            page.get_by_role("button", name="Try again: a.bin").click()
            page.get_by_text("Done", exact=True).wait_for()

    def test_it_refuses_before_sending_what_cannot_go(self, browser: Browser) -> None:
        with stage_in(browser) as (stage, page):
            tus = TusServer()
            stage.pages["/"] = draw(UPLOAD.replace("6291456", "1048576"))
            stage.answer("/uploads/.*", tus.handle)
            page.goto(f"{ORIGIN}/")
            files = [self.file("large.bin", 3 * 512 * 1024), self.file("empty.bin", 0)]
            page.set_input_files("[data-tb-files]", files)  # type: ignore[arg-type]
            status = page.locator(".tb-upload-status")
            assert status.nth(0).inner_text() == (
                "Not uploaded: 1.5 MB is more than the 1 MB that one file may have here."
            )
            assert status.nth(1).inner_text() == "Not uploaded: This file is empty."
            assert tus.created == []


def test_an_act_keeps_its_key_until_an_answer_comes(browser: Browser) -> None:
    """A repeat after a lost answer is known to the server; a second act is another one."""
    with stage_in(browser) as (stage, page):
        keys: list[str] = []

        def act(route: Route) -> None:
            keys.append(route.request.headers["idempotency-key"])
            route.abort() if len(keys) == 1 else route.fulfill(status=204)

        stage.pages["/"] = draw(PARTS)
        stage.answer("/act/", act)
        page.goto(f"{ORIGIN}/")
        for count in (1, 2, 3):
            with page.expect_event("requestfailed" if count == 1 else "requestfinished"):
                page.get_by_role("button", name="Act").click()
        assert keys[0] == keys[1] != keys[2]


def test_a_form_that_stays_gets_another_key_and_is_not_taken_for_changed(browser: Browser) -> None:
    with stage_in(browser) as (stage, page):
        stage.pages["/"] = draw(PARTS)
        stage.answer("/form/", lambda route: route.fulfill(status=204))
        page.goto(f"{ORIGIN}/")
        asked: list[str] = []
        page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
        for _ in range(2):
            with page.expect_response("**/form/"):
                page.get_by_role("button", name="Send").click()
            page.locator("form:not([aria-busy]) [name=a]").wait_for()
        first, second = (parse_qs(body)["idempotency_key"] for body in stage.posts("/form/"))
        assert first != second
        page.goto(f"{ORIGIN}/elsewhere/")
        assert asked == []
