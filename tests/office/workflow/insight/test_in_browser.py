"""The pages of the insight in Chromium: nothing sticks out, nothing is refused by the policy, nobody is left out."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.asp.ui.browser import ORIGIN, chromium, stage_in

pytestmark = pytest.mark.browser

AXE = Path(__file__).resolve().parents[4] / "platform/asp/ui/frontend/node_modules/axe-core/axe.min.js"
# For looking at the pages: a folder in which they are kept.
SHOTS = os.environ.get("INSIGHT_SHOTS", "")
PERIOD = "since=2026-03-01&until=2026-03-31"


@pytest.fixture(scope="module")
def shown(_world: Any) -> dict[tuple[str, str], str]:
    """The pages, drawn before the browser runs: beside it Django asks no database."""
    from tenants.context import bureau_context
    from tests.office.workflow.insight.test_simulator import DRAFT_PERIOD, changed_draft
    from tests.support.client import SiteClient

    with bureau_context(_world.bureau):
        changed_draft(_world)
        overseer = SiteClient(_world.bureau).login_as(_world.overseer)
        designer = SiteClient(_world.bureau).login_as(_world.designer)
        simulated = f"/workflow/processes/{_world.process.pk}/simulate/"
        designer.post(simulated, DRAFT_PERIOD)
        _run_simulation()
        addresses = {
            "overview": (overseer, f"/workflow/insight/?{PERIOD}"),
            "process": (overseer, f"/workflow/insight/{_world.process.pk}/?{PERIOD}"),
            "instances": (overseer, "/workflow/insight/instances/"),
            "nothing": (overseer, "/workflow/insight/instances/?starter=nobody"),
            "simulation": (designer, simulated),
        }
        return {
            (name, language): client.get(address, HTTP_ACCEPT_LANGUAGE=language).content.decode()
            for name, (client, address) in addresses.items()
            for language in ("en", "zh-CN")
        }


def _run_simulation() -> None:
    from asp.jobs.models import Job
    from asp.jobs.runner import run_job

    run_job(Job.objects.filter(name="workflow.simulate").latest("id").id)


@pytest.fixture(scope="module")
def browser(shown: Any) -> Iterator[Browser]:
    with chromium() as started:
        yield started


def sticks_out(page: Page) -> list[str]:
    """What is wider than the page; inside of what scrolls by itself, it may be."""
    return page.evaluate(
        """() => document.documentElement.scrollWidth <= innerWidth ? [] :
        [...document.querySelectorAll("main *")]
        .filter((each) => each.getBoundingClientRect().right > innerWidth + 1)
        .slice(0, 5).map((each) => each.outerHTML.slice(0, 120))"""
    )


@pytest.mark.parametrize("name", ["overview", "process", "instances", "nothing", "simulation"])
@pytest.mark.parametrize(
    ("width", "theme", "language"),
    [(1440, "light", "en"), (1440, "dark", "zh-CN"), (390, "light", "zh-CN"), (390, "dark", "en")],
)
def test_pages(shown, browser, name, width, theme, language):
    with stage_in(browser, color_scheme=theme) as (stage, page):
        page.set_viewport_size({"width": width, "height": 900})
        stage.pages["/here/"] = shown[name, language]
        stage.answer("/(live|workflow|notify|messages).*", lambda route: route.fulfill(status=204))
        page.goto(f"{ORIGIN}/here/")
        page.evaluate(f"document.documentElement.setAttribute('data-bs-theme', '{theme}')")
        assert sticks_out(page) == []
        page.evaluate(AXE.read_text())
        found = page.evaluate("axe.run(document.querySelector('main'))")
        bad = [
            (each["id"], each["nodes"][0]["html"][:160])
            for each in found["violations"]
            if each["impact"] in ("serious", "critical")
        ]
        if SHOTS:
            page.screenshot(path=f"{SHOTS}/{name}-{width}-{theme}-{language}.png", full_page=True)
        assert bad == []
