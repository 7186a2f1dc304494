"""One stack and one storm for all tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.faults.storm import World

# Imported inside the fixtures: pytest reads this file before Django is set up.


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A running stack with an administrator at the console and staff in an office."""
    from tests.faults.disk import own_disk
    from tests.faults.stack import RunningStack, free_port
    from tests.faults.storm import enter

    disk = tmp_path_factory.mktemp("faults") / "disk"
    with own_disk(disk):
        stack = RunningStack(disk / "data", port=free_port())
        stack.start()
        try:
            yield enter(stack)
        finally:
            stack.stop()


@pytest.fixture(scope="session")
def after_the_storm(world: World) -> World:
    """The same when everything was killed in turn under work, and everything has come to rest."""
    from tests.faults.storm import storm

    storm(world)
    return world
