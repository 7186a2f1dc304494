"""What people do in the storm (故事): each story is one act after another that a client saw acknowledged.

A story never believes what was not answered: it asks again, as people do, and notes only what it was told.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.browser.sheets import staff_sheet
from tests.faults.browser import Answer, Browser
from tests.faults.clients import (
    LOOK_AGAIN,
    PATIENCE_FOR_WORK,
    GaveUp,
    Uploader,
    approve,
    once,
    passing,
    patiently,
)
from tests.faults.ledger import Ledger

if TYPE_CHECKING:
    from tests.faults.storm import World

PEOPLE_IN_A_SHEET = 5
ITEM = re.compile(r'name="item" value="([0-9a-f-]{36})"')


@dataclass(frozen=True)
class Story:
    """One kind of work. `share` says how often it is told, against the others."""

    name: str
    tell: Callable[[World], None]
    share: int = 1


def make_folder(world: World) -> None:
    """One of the staff makes a folder in their cabinet."""
    number = world.number()
    place = number % len(world.staff)
    top, name = world.people["staff"][place]["folder"], f"文件夹-{number:05d}"
    once(world.ledger, world.staff[place].twin(), f"/library/{top}/folders/", {"name": name})
    world.ledger.note("folder", name)


def send_small_file(world: World) -> None:
    """One of the staff puts a letter of a few pages into their cabinet."""
    world.send_file(20_000 + 37 * (world.number() % 5000))


def send_large_file(world: World) -> None:
    """One of the staff puts a file of several parts into their cabinet."""
    world.send_file()


def apply_for_office(world: World) -> None:
    """A body applies, and hears nothing yet."""
    applicant = world.new_applicant()
    world.ledger.note("application", applicant.application)


def open_office(world: World) -> None:
    """A body applies and is approved at once."""
    applicant = world.new_applicant()
    world.ledger.note("application", applicant.application)
    approve(world.console.twin(), world.ledger, applicant)


def import_people(world: World) -> None:
    """The bureau's system administrator imports a few people from a spreadsheet."""
    ledger, browser = world.ledger, world.administrators["system"].twin()
    number = world.number()
    logins = [f"p{number:05d}{letter}" for letter in "abcdefgh"[:PEOPLE_IN_A_SHEET]]
    sheet = staff_sheet((f"人员{login}", "", login, "", "办公室", "") for login in logins)
    uploader = Uploader(browser, ledger, purpose="organization.import", target="")
    uploader.send(uploader.declare(f"名单-{number:05d}.xlsx", len(sheet)), sheet)
    if "id" not in uploader.result:
        ledger.blame(f"import {number}: the sheet was acknowledged, but no import was named")
        return
    path = f"/organization/imports/{uploader.result['id']}/"
    _awaited(ledger, browser, path, "the preview", lambda page: f'action="{path}confirm/"' in page)
    once(ledger, browser, f"{path}confirm/", {})
    for login in logins:
        ledger.note("person", login)


def _awaited(ledger: Ledger, browser: Browser, path: str, what: str, is_there: Callable[[str], bool]) -> None:
    """Look at a page again and again until it shows what is awaited."""

    def attempt() -> Answer | None:
        answer = browser.get(path)
        if passing(ledger, answer, f"GET {path}"):
            return None
        if answer.status != 200:
            ledger.blame(f"GET {path}: {answer.words}")
            raise GaveUp(f"{what}: {answer.words}")
        return answer if is_there(answer.text) else None

    patiently(ledger, f"{what} on {path}", attempt, patience=PATIENCE_FOR_WORK, pause=LOOK_AGAIN)


def check_log(world: World) -> None:
    """The bureau's audit administrator has the audit log checked: a job with a key, one at a time."""
    began = time.time()
    once(world.ledger, world.administrators["audit"].twin(), "/audit/verify/", {})
    world.ledger.note("check", f"{began:.3f}")


def check_route(world: World) -> None:
    """The console tries the route to the bureau: a message there, and its answer back."""
    began = time.time()
    once(world.ledger, world.console.twin(), f"/messages/route/{world.bureau_id}/", {})
    world.ledger.note("probe", f"{began:.3f}")


def run_process(world: World) -> None:
    """Somebody starts a process; two do their steps side by side, a timer passes, and the starter does the last one."""
    ledger, name = world.ledger, f"流程-{world.number():05d}"
    starter, left, right = world.staff
    process = world.people["process"]
    values = {"title": name, "version": process["version"]}
    begun = once(ledger, starter.twin(), f"/workflow/start/{process['id']}/", values)
    ledger.note("process", name)
    path = begun.location
    for place, browser in (("right", right), ("left", left), ("last", starter)):
        _do_step(ledger, browser.twin(), path)
        ledger.note("step", f"{name} {place}")
    _awaited(ledger, starter.twin(), path, "the end", lambda page: ITEM.search(page) is None)


def _do_step(ledger: Ledger, browser: Browser, path: str) -> None:
    """Wait until it is one's turn, then do it."""
    shown: list[str] = []

    def mine(page: str) -> bool:
        found = ITEM.search(page)
        shown[:] = [found[1]] if found else []
        return bool(found)

    _awaited(ledger, browser, path, "one's turn", mine)
    once(ledger, browser, f"{path}complete/", {"item": shown[0], "opinion": "同意"})


STORIES = (
    Story("folders", make_folder, share=60),
    Story("small files", send_small_file, share=12),
    Story("large files", send_large_file, share=2),
    Story("imports", import_people, share=3),
    Story("checks of the log", check_log, share=1),
    Story("messages", check_route, share=8),
    Story("processes", run_process, share=4),
    Story("applications", apply_for_office, share=3),
    Story("openings", open_office, share=3),
)

# Told once for each kill of the storm in `make test`.
SMALL = tuple(
    each
    for each in STORIES
    if each.name in {"folders", "imports", "checks of the log", "messages", "processes"}
)
