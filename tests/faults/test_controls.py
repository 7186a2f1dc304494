"""The checker is checked (对照): each planted fault is found, and named."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from tests.faults.judge import FAULTS, judge, plant, snapshot
from tests.faults.ledger import Approved, Kept
from tests.faults.storm import World

pytestmark = [pytest.mark.faults, pytest.mark.timeout(420)]


@pytest.fixture
def planted(after_the_storm: World) -> Iterator[Any]:
    """A connection whose changes nobody else ever sees."""
    connection = after_the_storm.stack.connect()
    try:
        yield connection
    finally:
        connection.rollback()
        connection.close()


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_found(after_the_storm: World, planted: Any, fault: str) -> None:
    expected, found = plant(after_the_storm, planted, fault)
    assert expected in found


def test_a_client_that_believes_without_an_answer_is_found(after_the_storm: World, planted: Any) -> None:
    """Who takes a request that was sent for one that was acknowledged, finds things missing."""
    believer = replace(after_the_storm.ledger, kept=[*after_the_storm.ledger.kept])
    believer.kept.append(Kept(name="只发出.bin", folder="-", size=1, sha256="-", node="-"))
    believer.approved = [*believer.approved, Approved("nobody", "nowhere", "-", 1)]
    found = "\n".join(judge(after_the_storm, planted, believer))
    assert "只发出.bin was acknowledged, and is there 0 times" in found
    assert "approval of nobody (nowhere) was acknowledged, but there is no row" in found


def test_a_client_that_repeats_without_a_key_is_found(after_the_storm: World) -> None:
    """The same acts by somebody whose requests cannot be told apart: what was lost on its way is done twice."""
    world = after_the_storm
    path = f"/messages/route/{world.bureau_id}/"
    console = world.console.twin()
    console.post_unheard(path)
    assert console.post(path).status == 302
    world.settle()
    believer = replace(world.ledger, noted={**world.ledger.noted})
    believer.noted["probe"] = [*believer.noted["probe"], "once"]
    connection = snapshot(world)
    try:
        found = "\n".join(judge(world, connection, believer))
    finally:
        connection.rollback()
        connection.close()
    wanted = len(believer.noted["probe"])
    # Both are true; the other tests know of them.
    world.ledger.note("probe", "first")
    world.ledger.note("probe", "second")
    assert f"{wanted} messages were acknowledged, {wanted + 1} were sent" in found
