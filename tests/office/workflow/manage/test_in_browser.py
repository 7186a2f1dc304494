"""The designer and the list of steps in Chromium: what is clicked and typed is what is stored."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from office.workflow import services
from office.workflow.bpmn.findings import Findings
from office.workflow.bpmn.reading import read
from office.workflow.models import Process
from tenants.context import bureau_context
from tests.asp.ui.browser import chromium
from tests.office.workflow.manage.window import Window, window_of
from tests.office.workflow.manage.world import AGREE, DISAGREE, field, step

pytestmark = pytest.mark.browser
FIELDS = (field("amount", "number"), field("boss", "person"), field("team", "person", many=True))


@pytest.fixture(scope="module")
def made(_office):
    """Made before the browser's loop begins: Django refuses databases beside it."""
    with bureau_context(_office.bureau):
        drawn = _office.process(step("a", "head:starter", outcomes=[AGREE, DISAGREE]), fields=FIELDS)
        listed = _office.process(step("a", "head:starter", outcomes=[AGREE, DISAGREE]), fields=FIELDS)
        return _office, _office.client(), drawn, listed


@pytest.fixture(scope="module")
def browser(made) -> Iterator[Browser]:
    with chromium() as started:
        yield started


def stored(window: Window, office, process) -> Process:
    def work() -> Process:
        with bureau_context(office.bureau):
            return Process.objects.get(pk=process.pk)

    return window.ask(work)


def test_the_panel_of_the_designer_writes_what_the_gate_reads(browser, made):
    office, client, process, _listed = made
    with window_of(browser, client) as window:
        page = window.open(f"/workflow/processes/{process.pk}/designer/")
        page.locator(".djs-element[data-element-id=a] .djs-hit").first.click(force=True)
        panel = page.locator("[data-wf-fields]")
        assert panel.get_by_label("Name", exact=True).input_value() == "环节a"
        panel.get_by_label("Name", exact=True).fill("领导审批")
        panel.get_by_label("Name in English").fill("Leader decides")
        panel.get_by_label("If there are several").select_option("share")
        panel.get_by_label("Share in percent").fill("60")
        panel.get_by_label("Time for it").fill("3")
        panel.get_by_label("Time for it").press("Tab")
        panel.get_by_label("If it is late, tell after").fill("1")
        panel.get_by_label("If it is late, tell after").press("Tab")
        panel.get_by_label("Add", exact=True).first.select_option("field:boss")
        panel.get_by_text("head of the department above the starter's").first.wait_for(state="attached")
        panel.get_by_label("Add", exact=True).first.select_option("head:parent")
        panel.get_by_label("Find a person, post, department or role").first.fill("科员")
        panel.locator("[data-wf-performer]").first.click()
        panel.get_by_text("person 乙科员").wait_for()
        panel.get_by_role("button", name="Back for changes").click()
        panel.locator("summary", has_text="fields of the form").click()
        panel.get_by_label("The amount").select_option("required")
        panel.get_by_label("Hand over to somebody else").uncheck()
        panel.get_by_label("Reject it: the process ends there").check()
        panel.get_by_label("Explanation").fill("看清楚")
        # The field is left by pressing the button: neither is lost.
        panel.get_by_role("button", name="Other").click()
        page.wait_for_function("document.querySelectorAll('[data-wf-fields] .border').length === 4")
        page.get_by_role("button", name="Save draft").click()
        page.get_by_text("Saved as draft.").wait_for()
        page.get_by_text("Nothing keeps it from being published.").wait_for()
        assert page.locator(".bjs-powered-by").is_visible()
        definition = read(stored(window, office, process).draft_bpmn.encode(), Findings())
    node = definition.nodes["a"]
    assert (node.name, node.name_en, node.note) == ("领导审批", "Leader decides", "看清楚")
    assert [(each.kind, each.ref) for each in node.step.performers] == [
        ("head", "starter"),
        ("field", "boss"),
        ("head", "parent"),
        ("account", str(office.cast.clerk.pk)),
    ]
    assert (node.step.sign.rule, node.step.sign.share) == ("share", 60)
    assert (node.step.deadline.amount, node.step.deadline.unit) == (3, "workdays")
    assert (node.step.escalation.after, node.step.escalation.to) == (1, "head")
    assert node.step.access("amount") == "required"
    assert (node.step.denied, node.step.granted) == ({"hand_over"}, {"reject"})
    assert [each.value for each in node.step.outcomes] == ["agree", "disagree", "revise", "choice1"]


def test_what_is_drawn_in_is_marked_and_undone(browser, made):
    office, client, process, _listed = made
    with window_of(browser, client, language="zh-CN") as window:
        page = window.open(f"/workflow/processes/{process.pk}/designer/")
        page.locator(".djs-element[data-element-id=a] .djs-hit").first.click(force=True)
        page.locator(".djs-context-pad [data-action='append.append-task']").click()
        page.keyboard.press("Escape")
        page.locator("[data-wf-save]").click()
        page.locator(".wf-mark").first.wait_for()
        assert page.locator("[data-wf-findings] .tb-note").count() >= 1
        page.locator("[data-wf-undo]").click()
        page.locator("[data-wf-save]").click()
        page.locator(".wf-mark").first.wait_for(state="detached")
        assert len(read(stored(window, office, process).draft_bpmn.encode(), Findings()).nodes) <= 4


def test_two_windows_are_told_of_each_other(browser, made):
    office, client, process, _listed = made
    with window_of(browser, client) as window:
        page = window.open(f"/workflow/processes/{process.pk}/designer/")
        page.locator("[data-wf-fields] input").first.wait_for()
        row = stored(window, office, process)

        def meanwhile() -> None:
            with bureau_context(office.bureau):
                services.draft_bpmn_save(actor=office.other, process=row, content=row.draft_bpmn.encode())

        window.ask(meanwhile)
        page.get_by_role("button", name="Save draft").click()
        page.get_by_text("has changed this draft in the meantime").wait_for()


def test_steps_are_listed_by_clicking(browser, made):
    office, client, _drawn, process = made
    with window_of(browser, client) as window:
        page = window.open(f"/workflow/processes/{process.pk}/steps/?at=a")
        page.locator("#ws-settings [name=name]").fill("审核")
        page.locator("#ws-find-1").press_sequentially("科员")
        page.locator("#ws-found-1 button").first.click()
        page.get_by_text("person 乙科员").wait_for()
        assert page.locator("#ws-settings [name=name]").input_value() == "审核"
        page.locator("#ws-editor summary", has_text="Add").first.click()
        page.locator("#ws-editor .tb-menu-list button", has_text="Step").first.click()
        page.locator(".tb-editor-row.is-current", has_text="New step").wait_for()
        assert page.evaluate("document.activeElement.id") == "ws-panel"
        bpmn = stored(window, office, process).draft_bpmn
    definition = read(bpmn.encode(), Findings())
    assert [each.name for each in definition.steps] == ["审核", "新步骤"]
