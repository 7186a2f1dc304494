"""kill -9 of every part while offices are opened and files are sent: nothing acknowledged is lost."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.faults.browser import Browser
from tests.faults.clients import download_problem
from tests.faults.judge import judge, snapshot
from tests.faults.storm import World

# Starting a whole system and killing all of its parts takes longer than other tests.
pytestmark = [pytest.mark.faults, pytest.mark.timeout(420)]

NOTED = ("folder", "person", "application", "check", "probe", "process", "step")


def listed(problems: list[str], world: World) -> str:
    """A message that a person can work with."""
    text = "\n  ".join(problems)
    return f"{len(problems)} problems after killing {', '.join(world.kills)}:\n  {text}"


def test_nothing_acknowledged_is_lost_and_nothing_happened_twice(after_the_storm: World) -> None:
    connection = snapshot(after_the_storm)
    try:
        problems = judge(after_the_storm, connection)
    finally:
        connection.rollback()
        connection.close()
    assert not problems, listed(problems, after_the_storm)


def test_the_storm_was_one(after_the_storm: World) -> None:
    """The clients did feel it, and went on: otherwise the test above says nothing."""
    ledger = after_the_storm.ledger
    assert len(after_the_storm.kills) == 14
    assert len(ledger.approved) >= 12
    assert len(ledger.kept) >= 24
    assert {kind: len(names) >= 3 for kind, names in ledger.noted.items()} == dict.fromkeys(NOTED, True)
    assert ledger.resumed >= 5, "hardly any upload was interrupted"
    assert ledger.troubles, "no client met any trouble"
    assert ledger.unheard >= 20, "hardly any answer was lost"
    assert ledger.replayed >= 30, "hardly any act was repeated after it was done"


def test_downloads_are_what_was_sent(after_the_storm: World) -> None:
    """Decrypted on the way, through the content origin."""
    world = after_the_storm
    owners = {who["folder"]: browser for who, browser in zip(world.people["staff"], world.staff, strict=True)}

    def fetch(place: int) -> str:
        kept = world.ledger.kept[place]
        browser: Browser = owners[kept.folder].twin()
        return download_problem(browser, world.ledger, kept)

    with ThreadPoolExecutor(4) as pool:
        problems = [text for text in pool.map(fetch, range(len(world.ledger.kept))) if text]
    assert not problems, listed(problems, world)


def test_every_opened_office_answers(after_the_storm: World) -> None:
    world = after_the_storm
    for each in world.ledger.approved:
        answer = world.stack.browser(each.slug).get("/accounts/sign-in/")
        assert answer.status == 200, f"the office {each.slug} says {answer.words}"
