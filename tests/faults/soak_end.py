"""The end of a soak: everything comes to rest, the checkers look, and are looked at."""

import time
from typing import NamedTuple

from tests.faults.judge import FAULTS, blind_spots, judge, snapshot
from tests.faults.storm import World


class Rest(NamedTuple):
    """How long after the last kill it took, in seconds."""

    relay: float  # until no message waited any more
    everything: float  # until no job, check or opening did


def rest_and_judge(world: World, last_kill: float) -> tuple[Rest, list[str]]:
    """Wait for rest; return how long it took since the last kill (monotonic), and what is wrong."""
    world.drain()
    relay = time.monotonic() - last_kill
    world.settle()
    rest = Rest(relay, time.monotonic() - last_kill)
    connection = snapshot(world)
    try:
        return rest, judge(world, connection)
    finally:
        connection.rollback()
        connection.close()


def controls(world: World) -> tuple[int, list[str]]:
    """How many faults were planted, and those that nobody saw."""
    return len(FAULTS), blind_spots(world)
