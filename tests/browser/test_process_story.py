"""The approval of an engineering research centre: drawn, published and handled by six people, in Chromium.

One of them sends it back, one is late; what each of them sees is looked at on the way.
"""

import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.window import Window, World, axe_assert, sign_in_as, window_open
from tests.support.engineering_centre import ENGINEERING_CENTRE

pytestmark = pytest.mark.browser

OFFICE = "zrzy"
COMPANY = "云溪县清川环保科技有限公司"
TITLE = f"{COMPANY}：工程技术研究开发中心申报 {secrets.token_hex(3)}"
# Who of the bureau does which step.
CAST = {
    "accept": "丁香结",
    "first": "阎立",
    "patent": "魏然",
    "information": "薛涛声",
    "decide": "蔡文心",
    "notify": "丁香结",
}
STARTER, DESIGNER = "余音", "贾岛平"
STEPS = {each["id"]: each for step in ENGINEERING_CENTRE["steps"] for each in step.get("parallel", [step])}


@dataclass
class Story:
    """Windows of the people, opened when they first come."""

    browser: Browser
    world: World
    windows: dict[str, Window] = field(default_factory=dict)

    def page(self, name: str) -> Page:
        """Where somebody works."""
        if name not in self.windows:
            window = self.windows[name] = window_open(self.browser, self.world.site)
            sign_in_as(window, self.world.people[f"story-{name}"])
        return self.windows[name].page

    def open(self, name: str, path: str) -> Page:
        page = self.page(name)
        page.goto(f"{self.world.site.origin(OFFICE)}{path}")
        return page

    def row(self, name: str, path: str = "/workflow/") -> Locator:
        """The line of the request in one of somebody's lists."""
        return self.open(name, path).locator("tr[data-tb-item]", has_text=TITLE)

    def take(self, name: str) -> Page:
        """Somebody opens it from their to-do list."""
        row = self.row(name)
        expect(row).to_have_count(1)
        page = self.page(name)
        with page.expect_navigation():
            row.locator("a[data-tb-main]").click()
        return page

    def stand_up(self) -> None:
        """All browsers are closed; nothing may have been said in any."""
        said = [line for window in self.windows.values() for line in window.complaints]
        for window in self.windows.values():
            window.context.close()
        assert said == [], "\n".join(said)


@pytest.fixture
def story(browser: Browser, world: World) -> Iterator[Story]:
    made = Story(browser, world)
    yield made
    for window in made.windows.values():
        window.context.close()


@pytest.mark.timeout(400)
def test_process_story(story: Story) -> None:
    process = _process_is_made(story)
    _form_is_drawn(story, process)
    _steps_are_listed(story, process)
    _drawing_is_moved(story, process)
    _version_is_published(story, process)
    instance = _request_is_sent(story, process)
    _decides(story, "accept", "予以受理。")
    _decides(story, "first", "符合申报条件。")
    _is_sent_back(story, instance)
    _decides(story, "first", "已核实研发费用。")
    _both_decide(story, instance)
    _is_late(story, instance)
    _decides(story, "decide", "同意认定。")
    _is_completed(story, instance)
    story.stand_up()


# ----- drawing it


def _process_is_made(story: Story) -> str:
    page = story.open(DESIGNER, "/workflow/processes/new/")
    page.fill("main [name=name]", ENGINEERING_CENTRE["name"])
    page.fill("main [name=name_en]", ENGINEERING_CENTRE["name_en"])
    page.fill("main [name=category]", "产业发展")
    page.fill("main [name=code]", f"centre_{secrets.token_hex(3)}")
    with page.expect_navigation():
        page.click(".tb-savebar button[type=submit]")
    axe_assert(page)
    return page.url


def _answered(page: Page, button: Locator) -> None:
    """Press a button of an editor and wait until the editor has been answered."""
    with page.expect_response(lambda response: response.request.method == "POST") as answer:
        button.evaluate("one => one.click()")
    assert answer.value.ok, answer.value.status
    page.wait_for_function("() => !document.querySelector('.htmx-request, .htmx-swapping, .htmx-settling')")


def _form_is_drawn(story: Story, process: str) -> None:
    page = story.page(DESIGNER)
    page.goto(f"{process}form/")
    for kind, name, label in (("text", "company", "申报单位"), ("money", "amount", "研发投入")):
        _answered(page, page.locator(f"button[name=act][value^=field_add][value$=':{kind}']").first)
        page.fill("#fe-settings [name=name]", name)
        page.fill("#fe-settings [name=label_zh]", label)
        _answered(page, page.locator("#form-editor .tb-editor-panel .card-footer .btn-primary"))
    expect(page.locator("#form-editor .tb-editor-list")).to_contain_text("研发投入")
    axe_assert(page)


def _steps_are_listed(story: Story, process: str) -> None:
    page = story.page(DESIGNER)
    page.goto(f"{process}steps/")
    for name in ("accept", "first"):
        _answered(page, page.locator("button[name=act][value^=step_add]"))
        _step_is_described(page, name)
    _answered(page, page.locator("button[name=act][value^=group_add]"))
    branches = page.locator("#ws-editor .tb-editor-row.is-inner a[data-tb-main]")
    expect(branches).to_have_count(2)
    for index, name in enumerate(("patent", "information")):
        with page.expect_response(re.compile(r"/steps/\?at=")):
            branches.nth(index).click()
        expect(branches.nth(index)).to_have_attribute("aria-current", "true")
        _step_is_described(page, name)
    for name in ("decide", "notify"):
        # After the last one of the list.
        last = page.locator("#ws-editor .tb-editor-row:not(.is-inner) a[data-tb-main]").last
        with page.expect_response(re.compile(r"/steps/\?at=")):
            last.click()
        expect(last).to_have_attribute("aria-current", "true")
        _answered(page, page.locator("button[name=act][value^=step_add]"))
        _step_is_described(page, name)
    expect(page.locator("#ws-editor .tb-editor-row a")).to_have_count(7)
    expect(page.locator("#ws-editor .wf-drawing svg")).to_be_visible()
    axe_assert(page)


def _step_is_described(page: Page, name: str) -> None:
    """Its name, its people, its time, its answers, in the panel on the right."""
    step, apply = STEPS[name], page.locator("#ws-editor .tb-editor-panel .card-footer .btn-primary")
    page.fill("#ws-settings [name=name]", step["name"])
    page.fill("#ws-settings [name=name_en]", step["name_en"])
    page.fill("#ws-settings [name=amount]", str(step["deadline"]["amount"]))
    _answered(page, apply)
    expect(page.locator("#ws-panel")).to_contain_text(step["name"])
    for key in page.locator("#ws-settings input[name=performers]").all():  # whom a new step begins with
        value = key.get_attribute("value")
        _answered(page, page.locator(f"#ws-settings button[name=op][value='performers-{value}']"))
    page.locator("#ws-find-1").press_sequentially(CAST[name])
    found = page.locator("#ws-found-1 button[name=op]").first
    expect(page.locator("#ws-found-1")).to_contain_text(CAST[name])
    _answered(page, found)
    wanted = [each["value"] for each in step.get("outcomes", ())]
    if wanted and not page.locator("#ws-settings [name='o.0.value']").count():
        for value in wanted:
            _answered(page, page.locator(f"#ws-settings button[value='outcomes+{value}']"))
    if not wanted:
        _answered(page, page.locator("#ws-settings details.tb-menu button[value='copies+starter:']"))


def _drawing_is_moved(story: Story, process: str) -> None:
    """The list is a drawing as well: in the designer a step is dragged, its Chinese name stays."""
    page = story.page(DESIGNER)
    page.goto(f"{process}designer/")
    shapes = page.locator(".djs-shape:has(.djs-visual text)", has_text=re.compile("科技信息局|审查|发文"))
    expect(shapes.first).to_be_visible()
    for name in CAST:
        expect(page.locator(".wf-canvas")).to_contain_text(re.sub(r"\s", "", STEPS[name]["name"])[:4])
    shape = page.locator(f".djs-shape[data-element-id='{_node(page, 'first')}'] .djs-hit").first
    box = shape.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 5, y + 5)
    page.mouse.move(x, y + 60, steps=4)
    page.mouse.up()
    expect(page.locator("[data-wf-state]")).not_to_be_empty()
    expect(page.locator("[data-wf-fields]")).to_contain_text(CAST["first"])
    axe_assert(page)
    with page.expect_response(re.compile(r"/designer/save/")) as saved:
        page.click("[data-wf-save]")
    assert saved.value.ok
    expect(page.locator("[data-wf-state]")).to_have_text(re.compile("已保存"))
    moved = shape.bounding_box()
    assert moved is not None
    assert moved["y"] > box["y"] + 20


def _node(page: Page, name: str) -> str:
    """The id of a step in the drawing, by its name."""
    found = page.evaluate(
        """name => [...document.querySelectorAll(".djs-shape")].find(each =>
            each.textContent.replace(/\\s/g, "").includes(name))?.dataset.elementId""",
        STEPS[name]["name"],
    )
    assert isinstance(found, str)
    return found


def _version_is_published(story: Story, process: str) -> None:
    page = story.page(DESIGNER)
    page.goto(f"{process}check/")
    axe_assert(page)
    page.fill("main [name=note]", "按南海区一站式服务的做法起草。")
    with page.expect_navigation():
        page.click("main form[action$='/publish/'] button[type=submit]")
    expect(page.locator("main")).to_contain_text("第 1 版")


# ----- running it


def _request_is_sent(story: Story, process: str) -> str:
    page = story.open(STARTER, "/workflow/start/")
    axe_assert(page)
    with page.expect_navigation():
        page.locator(f"a[href='/workflow/start/{process.rstrip('/').rsplit('/', 1)[-1]}/']").first.click()
    page.fill("#workflow-title", TITLE)
    page.fill("main [name='f.company']", COMPANY)
    page.fill("main [name='f.amount']", "128000")
    page.locator("main [name='f.amount']").press("Tab")
    # Before it is sent, one sees who gets it.
    expect(page.locator("#workflow-next")).to_contain_text(CAST["accept"])
    axe_assert(page)
    with page.expect_navigation():
        page.click("main form .card-footer button[type=submit]")
    expect(page.locator("h1")).to_contain_text(TITLE)
    axe_assert(page)
    return page.url


def _decides(story: Story, step: str, opinion: str) -> None:
    """Somebody finds it in their list, reads it, agrees; it is gone from the list."""
    name = CAST[step]
    page = story.take(name)
    expect(page.locator("main")).to_contain_text(COMPANY)
    page.fill("#workflow-opinion", opinion)
    axe_assert(page)
    with page.expect_navigation():
        page.click("#workflow-form .card-footer button[name=outcome][value=agree]")
    expect(story.row(name)).to_have_count(0)
    expect(story.row(name, "/workflow/done/").first).to_be_visible()


def _is_sent_back(story: Story, instance: str) -> None:
    """Both examine at the same time; one of them sends it back, and the other has it no longer."""
    for step in ("patent", "information"):
        expect(story.row(CAST[step])).to_have_count(1)
    page = story.take(CAST["information"])
    page.click("#workflow-form .card-footer a[href*='/return/']")
    dialog = page.locator("#workflow-dialog")
    dialog.get_by_label(STEPS["first"]["name"]).check()
    dialog.locator("textarea").fill("缺少研发费用专项审计报告。")
    axe_assert(page)
    with page.expect_navigation():
        dialog.locator("button[type=submit]").click()
    for step in ("patent", "information"):
        expect(story.row(CAST[step])).to_have_count(0)
    expect(story.take(CAST["first"]).locator("main")).to_contain_text("缺少研发费用专项审计报告。")


def _both_decide(story: Story, instance: str) -> None:
    _decides(story, "patent", "专利权属清晰。")
    page = story.open(STARTER, instance.removeprefix(story.world.site.origin(OFFICE)))
    expect(page.locator("main")).to_contain_text("专利权属清晰。")
    expect(page.locator("main")).to_contain_text(CAST["information"])  # who has it now
    assert story.row(CAST["decide"]).count() == 0  # the other one is missing
    _decides(story, "information", "同意。")


def _is_late(story: Story, instance: str) -> None:
    """Time goes by: the leader's list says so, and so does the page of the request."""
    number = instance.rstrip("/").rsplit("/", 1)[-1]
    site = story.world.site
    site.finish(site.begin("shell", "-v", "0", "-c", LATE.format(number=number, office=OFFICE)))
    late = story.row(CAST["decide"]).locator(".tb-due.is-red, .is-late, .is-overdue, [class*=red]")
    expect(late.first).to_be_visible()
    page = story.open(STARTER, instance.removeprefix(site.origin(OFFICE)))
    expect(page.locator("main")).to_contain_text("逾期")
    axe_assert(page)


LATE = """
import datetime
from django.utils import timezone
from office.workflow.models import Step, WorkItem
from tenants.context import bureau_context
from tests.browser.furnish_host import office_of
with bureau_context(office_of("{office}")):
    then = timezone.now() - datetime.timedelta(days=2)
    for rows in (Step.objects.filter(instance="{number}", state="open"), WorkItem.objects.filter(instance="{number}", state="open")):
        rows.update(due_at=then, yellow_at=then - datetime.timedelta(days=1))
"""


def _is_completed(story: Story, instance: str) -> None:
    """The window tells the applicant; the starter gets it to read, and everything is on paper."""
    page = story.take(CAST["notify"])
    page.fill("#workflow-opinion", "已通知申报单位。")
    with page.expect_navigation():
        page.click("#workflow-form .card-footer button.btn-primary")
    expect(story.row(STARTER, "/workflow/read/")).to_have_count(1)
    path = instance.removeprefix(story.world.site.origin(OFFICE))
    page = story.open(STARTER, path)
    expect(page.locator(".tb-head").first).to_contain_text("办结")
    axe_assert(page)
    paper = story.open(STARTER, f"{path}print/")
    for words in (
        "予以受理。",
        "缺少研发费用专项审计报告。",
        "同意认定。",
        "已通知申报单位。",
        *CAST.values(),
    ):
        expect(paper.locator("body")).to_contain_text(words)
    axe_assert(paper)
