"""The disk is full for a while: people are told to try again, nothing acknowledged is lost, and it goes on by itself."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.faults import disk, stories
from tests.faults.stack import until
from tests.faults.storm import World
from tests.faults.test_outages import assert_whole

pytestmark = [pytest.mark.faults, pytest.mark.timeout(420)]
UPLOADS = 4
FELT = 6


def test_a_full_disk_is_a_trouble_that_passes(after_the_storm: World) -> None:
    world = after_the_storm
    ledger = world.ledger
    blamed, troubled, kept = len(ledger.wrong), len(ledger.troubles), len(ledger.kept)
    with ThreadPoolExecutor(UPLOADS + len(stories.SMALL)) as pool:
        with disk.full(world.stack) as how:
            print(f"disk full by {how}")
            work = [pool.submit(world.send_file, 6 * 1024 * 1024) for _ in range(UPLOADS)]
            work += [pool.submit(story.tell, world) for story in stories.SMALL]
            until(
                lambda: len(ledger.troubles) >= troubled + FELT,
                within=30,
                what="somebody feels the full disk",
            )
        for each in work:
            each.result()
    assert ledger.wrong[blamed:] == []
    assert len(ledger.kept) == kept + UPLOADS
    assert_whole(world)
