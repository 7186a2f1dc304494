"""From an application to people who keep files in an office of their own: through pages only, in Chromium."""

import secrets
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, Download, Page, expect

from asp.accounts.testing import totp_code
from tests.browser.sheets import template_filled
from tests.browser.window import Window, World, axe_assert, window_open
from tests.support.applications import PDF, random_phone, values

pytestmark = pytest.mark.browser

DUTIES = ("system", "security", "audit")
LONG_JOB = 60_000


@dataclass
class Story:
    """What is passed from one person of the story to the next, as on paper or by word of mouth."""

    browser: Browser
    world: World
    typed: dict[str, Any] = field(default_factory=lambda: values(slug=f"s{secrets.token_hex(4)}"))
    code: str = ""
    slip: str = ""
    clerk_phone: str = field(default_factory=random_phone)
    password: str = "Quite-Long-Secret-2026"
    windows: list[Window] = field(default_factory=list)

    def sit_down(self) -> Page:
        """Somebody opens a browser of their own."""
        window = window_open(self.browser, self.world.site)
        self.windows.append(window)
        return window.page

    def stand_up(self) -> None:
        """All browsers are closed; nothing may have been said in any."""
        said = [line for window in self.windows for line in window.complaints]
        for window in self.windows:
            window.context.close()
        assert said == [], "\n".join(said)

    @property
    def office(self) -> str:
        return self.world.site.origin(self.typed["slug"])


@pytest.mark.timeout(400)
def test_story(browser: Browser, world: World) -> None:
    story = Story(browser, world)
    _representative_applies(story)
    _host_approves(story)
    system = [_administrator_activates(story, duty) for duty in DUTIES][0]
    _departments_are_made(system)
    _staff_is_imported(story, system)
    clerk = _clerk_activates(story)
    _clerk_signs_in_by_phone(story, clerk)
    _files_are_kept(clerk)
    _looks_change(clerk)
    story.stand_up()


# ----- acts of one page


def _send(page: Page, button: str) -> None:
    """Press a button that brings another page."""
    with page.expect_navigation():
        page.click(button)


def _fill(page: Page, typed: dict[str, Any]) -> None:
    """Fill in a form by the names of its fields."""
    for name, value in typed.items():
        control = page.locator(f"main [name={name}]").first
        kind = control.evaluate("one => one.type")
        if kind == "checkbox":
            for each in [value] if isinstance(value, str) else value:
                page.check(f"main [name={name}]" + ("" if each == "on" else f"[value={each}]"))
        elif kind == "select-one":
            control.select_option(value)
        elif kind == "radio":
            page.check(f"main [name={name}][value='{value}']")
        else:
            control.fill(value)


def _saved(download: Download) -> bytes:
    return download.path().read_bytes()


# ----- the representative and the host


def _representative_applies(story: Story) -> None:
    page = story.sit_down()
    page.goto(story.world.site.origin())
    axe_assert(page)
    _send(page, ".tb-quick a[href='/apply/']")
    axe_assert(page)
    _send(page, "form[action='/apply/begin/'] button")
    _fill(page, story.typed)
    page.set_input_files(
        "#letter-upload [data-tb-files]",
        {"name": "授权书.pdf", "mimeType": "application/pdf", "buffer": PDF},
    )
    expect(page.locator("#letter")).to_contain_text("授权书.pdf")
    expect(page.locator("#saved")).not_to_be_empty()
    axe_assert(page)
    _send(page, "#application .tb-savebar button[type=submit]")
    story.code = page.inner_text("#tracking-code").strip()
    axe_assert(page)


def _host_approves(story: Story) -> None:
    page, me = story.sit_down(), story.world.people["host-system"]
    page.goto(story.world.site.origin("host"))
    _fill(page, {"identifier": me["login"], "password": me["password"]})
    axe_assert(page)
    _send(page, "main form .btn-primary")
    _fill(page, {"code": totp_code(me["totp"])})
    axe_assert(page)
    _send(page, "main form .btn-primary")
    axe_assert(page)
    with page.expect_navigation():
        page.get_by_role("link", name=story.typed["name"]).first.click()
    assert story.code not in page.content()
    axe_assert(page)
    _send(page, "form[action$='/approve/'] button[type=submit]")
    # The steps appear by themselves.
    expect(page.locator("#opening .card-footer a[href^='/bureaus/']")).to_be_visible(timeout=LONG_JOB)
    assert page.locator("#opening .tb-steps li.is-done").count() == 8
    axe_assert(page)
    _send(page, "#opening .card-footer a[href^='/bureaus/']")
    assert story.typed["name"] in page.inner_text("main")
    axe_assert(page)


def _administrator_activates(story: Story, duty: str) -> Page:
    page = story.sit_down()
    page.goto(f"{story.world.site.origin()}/track/")
    _fill(page, {"code": story.code, "phone": story.typed[f"{duty}_phone"]})
    _send(page, "main form .btn-primary")
    _send(page, "form[action*='/activation/'] button")
    axe_assert(page)
    _send(page, f"section:has(#link-{duty}) a.btn-primary")
    assert page.url.startswith(story.office)
    code = totp_code(page.inner_text("#totp-key"))
    _fill(page, {"password": story.password, "repeated": story.password, "code": code})
    axe_assert(page)
    _send(page, "main form .btn-primary")
    assert page.locator("#recovery-codes li").count() == 10
    axe_assert(page)
    _send(page, "main a.btn-primary")
    assert page.url == f"{story.office}/"
    axe_assert(page)
    return page


# ----- the bureau is set up


def _departments_are_made(page: Page) -> None:
    for name, parent in (("办公室", ""), ("文秘科", "办公室")):
        page.goto(
            page.url.split("/", 3)[0] + "//" + page.url.split("/", 3)[2] + "/organization/departments/new/"
        )
        page.fill("main [name=name]", name)
        if parent:
            page.select_option("main [name=parent]", label=parent)
        _send(page, ".tb-savebar .btn-primary")
    page.get_by_role("link", name="文秘科").first.wait_for()


def _staff_is_imported(story: Story, page: Page) -> None:
    page.goto(f"{story.office}/organization/imports/")
    with page.expect_download() as template:
        page.click("a[href$='/imports/template/']")
    rows = [("林一", "Lin Yi", "", story.clerk_phone, "办公室/文秘科", "科员")]
    rows += [(f"王{word}", "", "", random_phone(), "办公室", "科员") for word in "二三四五六七八"]
    rows.append(("赵错", "", "", "1380000", "办公室", "科员"))
    page.set_input_files(
        "#staff-file [data-tb-files]",
        {
            "name": "人员.xlsx",
            "mimeType": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "buffer": template_filled(_saved(template.value), rows),
        },
    )
    confirm = page.locator("form[action$='/confirm/'] button")
    confirm.wait_for(timeout=LONG_JOB)
    expect(page.locator("main")).to_contain_text("赵错")  # wrong rows come first
    axe_assert(page)
    confirm.click()
    page.locator("#import .tb-figures").wait_for(timeout=LONG_JOB)
    assert page.locator("#import .tb-figures dd").all_inner_texts()[0] == "8"
    axe_assert(page)
    _send(page, "#import a.btn-primary")
    axe_assert(page)
    with page.expect_popup() as popup:
        page.click("form:has(input[name=everybody]) button")
    slips = popup.value
    slips.wait_for_load_state()
    assert slips.locator(".tb-slip").count() == 8
    axe_assert(slips)
    mine = slips.locator(".tb-slip").filter(has_text="林一")
    story.slip = next(word for word in mine.inner_text().split() if "/accounts/link/" in word)


# ----- a clerk at work


def _clerk_activates(story: Story) -> Page:
    page = story.sit_down()
    page.goto(story.slip)
    _fill(page, {"password": story.password, "repeated": story.password})
    axe_assert(page)
    _send(page, "main form .btn-primary")
    assert page.url == f"{story.office}/"
    again = page.goto(story.slip)
    assert again is not None
    assert again.status == 410  # it works once
    return page


def _clerk_signs_in_by_phone(story: Story, page: Page) -> None:
    page.goto(story.office)
    page.click(".tb-topbar .tb-me")
    _send(page, ".tb-topbar form[action$='/sign-out/'] button")
    page.goto(story.office)
    _fill(page, {"identifier": story.clerk_phone, "password": story.password})
    _send(page, "main form .btn-primary")
    assert page.url == f"{story.office}/"
    assert "林一" in page.inner_text("body")
    axe_assert(page)


def _files_are_kept(page: Page) -> None:
    _send(page, "aside a[href='/library/']")
    axe_assert(page)
    content = secrets.token_bytes(6 * 1024 * 1024)
    page.set_input_files(
        "#library-upload [data-tb-files]",
        {"name": "工作总结.bin", "mimeType": "application/octet-stream", "buffer": content},
    )
    page.locator("#library-upload progress").first.wait_for()
    page.locator("#library-upload .is-done").wait_for(timeout=LONG_JOB)
    _drop(page, "拖来的.txt", "第一行\n")
    row = page.locator("#library-list tr", has_text="拖来的.txt")
    row.wait_for()
    expect(page.locator("#library-usage")).to_contain_text("6 MB")
    axe_assert(page)

    page.locator("#library-list a[data-tb-main]", has_text="工作总结.bin").click()
    download = page.locator("#library-pane a[href$='/download/']:not(.disabled)").first
    download.wait_for(timeout=LONG_JOB)  # it is checked first
    axe_assert(page)
    with page.expect_download() as saved:
        download.click()
    assert saved.value.suggested_filename == "工作总结.bin"
    assert _saved(saved.value) == content

    page.click("#library-pane a[href*='/rename/']")
    page.fill("#library-dialog [name=name]", "2026年工作总结.bin")
    axe_assert(page)
    page.click("#library-dialog .btn-primary")
    expect(page.locator("#library-list")).to_contain_text("2026年工作总结.bin")
    expect(page.locator("#library-details-title")).to_have_text("2026年工作总结.bin")

    page.locator("#library-who").press_sequentially("办公室")
    page.locator("#library-subjects button[value='1']").first.click()
    expect(page.locator("#library-pane select[name=level]")).to_have_count(1)
    axe_assert(page)

    _send(page, "#library-pane form[action$='/trash/put/'] button")
    expect(page.locator("#library-list")).not_to_contain_text("2026年工作总结.bin")
    _send(page, "nav a[href='/library/trash/']")
    axe_assert(page)
    page.check("#library-list input[data-tb-row]")
    _send(page, "[data-tb-selection-bar] button[formaction$='/restore/']")
    _send(page, "nav a[href='/library/recent/']")
    expect(page.locator("#library-list")).to_contain_text("2026年工作总结.bin")


DROP = """(place, [name, text]) => {
  const carried = new DataTransfer();
  carried.items.add(new File([text], name, {type: "text/plain"}));
  for (const kind of ["dragenter", "dragover", "drop"])
    place.dispatchEvent(new DragEvent(kind, {bubbles: true, cancelable: true, dataTransfer: carried}));
}"""


def _drop(page: Page, name: str, text: str) -> None:
    """Drag a file from outside onto the list."""
    page.locator("#library-main").evaluate(DROP, [name, text])


def _looks_change(page: Page) -> None:
    _send(page, ".tb-topbar form[action$='/language/'] button")
    assert page.get_attribute("html", "lang") == "en"
    page.click(".tb-topbar [data-tb-theme-switch] button")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    page.reload()
    assert page.get_attribute("html", "data-bs-theme") == "dark"
    axe_assert(page)
