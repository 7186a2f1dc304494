"""A form in Chromium: conditions and calculations follow at once, rows and files come and go, the editor by keyboard."""

import json
from collections.abc import Iterator
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest
from django.http import QueryDict
from django.urls import set_urlconf
from django.utils.translation import override
from playwright.sync_api import Browser, Page, Route

from asp.forms import Definition, bind
from asp.forms.editing import Editor, edit_form
from asp.forms.rendering import live_answer
from tests.asp.forms.samples import everything, words
from tests.asp.forms.test_editor_view import PAGE
from tests.asp.ui.browser import ORIGIN, Stage, chromium, draw, stage_in
from tests.asp.ui.support import person, request

pytestmark = pytest.mark.browser

FILL = """<form method="post" action="/send/" data-tb-unsaved>{% csrf_token %}{% load dynamic_forms %}
<h1 class="page-title">{{ bound.definition.title }}</h1>
{% form_problems bound %}{% form_fill bound ask_url="/ask/" %}
<div class="tb-savebar"><button class="btn btn-primary" type="submit" name="go" value="1">Send</button></div></form>"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture(autouse=True)
def office() -> Iterator[None]:
    set_urlconf("tests.asp.forms.urls")
    yield
    set_urlconf(None)


def posted(route: Route) -> QueryDict:
    """What came with a request, sent by a form or by a script."""
    asked = route.request
    kind = asked.headers.get("content-type", "")
    if "multipart" not in kind:
        return QueryDict(asked.post_data or "")
    from email import message_from_bytes

    found = QueryDict(mutable=True)
    head = f"Content-Type: {kind}\r\n\r\n".encode()
    for part in message_from_bytes(head + (asked.post_data_buffer or b"")).get_payload():
        value = part.get_payload(decode=True).decode()
        found.appendlist(part.get_param("name", header="content-disposition"), value)
    return found


def ask(definition: Definition, asked: list[QueryDict]):
    def answer(route: Route) -> None:
        asked.append(posted(route))
        with override("en"):
            said = live_answer(bind(definition, {}, posted=asked[-1], partial=True))
        route.fulfill(body=said.content, content_type="application/json")

    return answer


def open_form(stage: Stage, page: Page, data=None, values=None, **options) -> list[QueryDict]:
    definition = Definition.read(data or everything())
    asked: list[QueryDict] = []
    with override("en"):
        stage.pages["/"] = draw(FILL, bound=bind(definition, values or {}, **options))
    stage.answer("/ask/", ask(definition, asked))
    page.goto(f"{ORIGIN}/")
    return asked


def test_it_follows_what_is_typed(browser: Browser) -> None:
    with stage_in(browser) as (stage, page):
        asked = open_form(stage, page)
        other = page.locator("#f-other")
        assert other.is_hidden()
        page.get_by_label("Option other").check()
        other.wait_for(state="visible")
        other.fill("省里临时安排")
        page.get_by_label("Option meeting").check()
        other.wait_for(state="hidden")
        page.locator("#f-advance").fill("1409.5")
        page.get_by_text("人民币壹仟肆佰零玖元伍角").wait_for()
        page.locator("#f-trip-from").fill("2026-03-05")
        page.locator("#f-trip-to").fill("2026-03-09")
        page.get_by_text("5 days (calendar days)").wait_for()
        assert "f.other" not in asked[-1]
        page.get_by_label("Option other").check()
        other.wait_for(state="visible")
        assert other.input_value() == "省里临时安排"


def test_what_does_not_matter_asks_nobody(browser: Browser) -> None:
    with stage_in(browser) as (stage, page):
        asked = open_form(stage, page)
        page.locator("#f-matter").fill("去省厅开会")
        page.wait_for_timeout(600)
        assert asked == []


def test_rows_are_added_counted_and_taken_out(browser: Browser) -> None:
    with stage_in(browser) as (stage, page):
        open_form(stage, page)
        page.locator("#f-costs-0-count").fill("2")
        page.locator("#f-costs-0-price").fill("10")
        page.get_by_role("button", name="Add a row").click()
        assert page.evaluate("document.activeElement.id") == "f-costs-1-what"
        page.locator("#f-costs-1-count").fill("1")
        page.locator("#f-costs-1-price").fill("0.5")
        page.locator("#f-total", has_text="￥20.50").wait_for()
        assert page.locator("#f-costs-1-cost").inner_text() == "￥0.50"
        assert page.locator("#f-costs-sum-cost").inner_text() == "￥20.50"
        page.get_by_role("button", name="Take this row out").first.click()
        page.locator("#f-total", has_text="￥0.50").wait_for()


def test_a_form_that_is_sent_waits_for_its_answer(browser: Browser) -> None:
    with stage_in(browser) as (stage, page):
        open_form(stage, page)
        page.get_by_label("Option other").check()
        page.locator("#f-other").wait_for(state="visible")
        page.locator("#f-other").fill("x")
        page.evaluate(
            "() => { document.querySelector('[name=\"f.kind\"][value=meeting]').click(); document.querySelector('[name=go]').click(); }"
        )
        page.wait_for_url("**/send/")
        sent = stage.posts("/send/")
        assert len(sent) == 1
        assert "f.kind=meeting" in sent[0]
        assert "f.other" not in sent[0]
        assert "go=1" in sent[0]


def test_an_answer_that_does_not_come_holds_nobody_up(browser: Browser) -> None:
    with stage_in(browser) as (stage, page):
        open_form(stage, page)
        stage.answers.insert(0, (stage.answers[0][0], lambda route: route.abort()))
        page.get_by_label("Option other").check()
        page.get_by_role("button", name="Send").click()
        page.wait_for_url("**/send/")
        assert len(stage.posts("/send/")) == 1


def test_hostile_words_do_nothing(browser: Browser) -> None:
    from tests.asp.forms.test_rendering import EVIL, hostile

    with stage_in(browser) as (stage, page):
        shown: list[str] = []
        page.on("dialog", lambda dialog: (shown.append(dialog.message), dialog.dismiss()))
        open_form(stage, page, hostile(), {"a": EVIL, "g": f"</textarea>{EVIL}", "e": [{"x": EVIL}]})
        page.get_by_role("button", name="Add a row").click()
        page.wait_for_timeout(200)
        assert shown == []
        assert [path for _method, path, _body in stage.seen if path not in ("/", "/ask/")] == []
        assert page.locator("#f-a").input_value() == EVIL


def test_a_file_that_has_arrived_is_part_of_the_form(browser: Browser, desk) -> None:
    with stage_in(browser) as (stage, page):
        open_form(stage, page, files=desk)
        page.evaluate(
            """() => document.querySelector("#f-papers").dispatchEvent(new CustomEvent("tb:uploaded",
               {bubbles: true, detail: {name: "通知.pdf", size: 2048, result: {id: "a1"}}}))"""
        )
        assert page.locator("[name='f.papers']").input_value() == "a1"
        page.get_by_role("button", name="Take this file out").click()
        assert page.locator("[name='f.papers']").count() == 0


# ----- the editor


class Desk:
    """A caller that keeps the definition in memory and answers the browser."""

    def __init__(self, stage: Stage, data) -> None:
        self.data = data
        stage.answer("/form/", self.answer)

    def save(self, data) -> None:
        self.data = data

    def answer(self, route: Route) -> None:
        asked = route.request
        query = urlsplit(asked.url).query
        more = {"data": posted(route).dict()} if asked.method == "POST" else {}
        made = request(f"/form/?{query}", user=person(), method=asked.method.lower(), **more)
        made.htmx = SimpleNamespace() if asked.headers.get("hx-request") else None
        editor = Editor("tests:browser", lambda: self.data, self.save, "tests/editor.html")
        with override("en"):
            response = edit_form(made, editor)
        route.fulfill(
            status=response.status_code, body=response.content, content_type="text/html; charset=utf-8"
        )


@pytest.fixture
def page_template(monkeypatch) -> None:
    from django.template import engines

    engine = engines["django"].engine
    loader = engine.find_template

    def find(name, dirs=None, skip=None):
        return (engine.from_string(PAGE), None) if name == "tests/editor.html" else loader(name, dirs, skip)

    monkeypatch.setattr(engine, "find_template", find)


@pytest.mark.usefixtures("page_template")
def test_a_form_is_made_by_keyboard(browser: Browser) -> None:
    with stage_in(browser) as (stage, page):
        desk = Desk(stage, {"format": 1, "title": words("用车申请", "Request for a car"), "sections": []})
        page.goto(f"{ORIGIN}/form/")
        page.locator("summary", has_text="Add").first.press("Enter")
        page.get_by_role("button", name="Amount of money").press("Enter")
        page.get_by_label("Label (Chinese)").wait_for()
        assert page.evaluate("document.activeElement.id") == "fe-panel"
        page.get_by_label("Label (Chinese)").fill("申请金额")
        page.get_by_label("Name in calculations").fill("amount")
        page.get_by_label("Must be filled in").check()
        page.get_by_role("button", name="Apply").press("Enter")
        page.locator(".tb-editor-row.is-current", has_text="amount").wait_for()
        page.locator("summary", has_text="Add").first.press("Enter")
        page.get_by_role("button", name="Computed").press("Enter")
        page.get_by_label("Calculation", exact=True).fill("amont * 2")
        page.get_by_role("button", name="Apply").press("Enter")
        page.get_by_text("There is no field called “amont”.").first.wait_for()
        assert page.get_by_label("Calculation", exact=True).input_value() == "amont * 2"
        page.get_by_label("Calculation", exact=True).fill("amount * 2")
        page.get_by_role("button", name="Apply").press("Enter")
        page.locator("#f-computed1").wait_for()
        page.locator("#fe-up-computed1").press("Enter")
        page.wait_for_selector("nav .tb-editor-row:nth-of-type(3) #fe-up-computed1")
        assert page.evaluate("document.activeElement.id") == "fe-up-computed1"
        names = [each["name"] for each in desk.data["sections"][0]["fields"]]
        assert names == ["computed1", "amount"]
        page.get_by_role("button", name="Undo").click()
        page.wait_for_selector("nav .tb-editor-row:nth-of-type(4) #fe-up-computed1")
        Definition.read(desk.data)


@pytest.mark.usefixtures("page_template")
def test_what_was_not_applied_is_not_lost_without_a_word(browser: Browser) -> None:
    with stage_in(browser) as (stage, page):
        Desk(stage, everything())
        asked: list[str] = []
        page.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
        page.goto(f"{ORIGIN}/form/?at=matter")
        page.get_by_label("Label (Chinese)").fill("事由")
        page.locator(".tb-editor-row a", has_text="urgent").click()
        page.wait_for_timeout(200)
        assert len(asked) == 1
        assert page.get_by_label("Label (Chinese)").input_value() == "事由"
        json.dumps(asked)
