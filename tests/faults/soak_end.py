"""The end of a soak: everything comes to rest, the checkers look, and are looked at."""

import time

from tests.faults.judge import FAULTS, blind_spots, judge, snapshot
from tests.faults.storm import World


def rest_and_judge(world: World, last_kill: float) -> tuple[float, list[str]]:
    """Wait for rest; return the seconds from the last kill (monotonic) until then, and what is wrong."""
    world.settle()
    settled = time.monotonic() - last_kill
    connection = snapshot(world)
    try:
        return settled, judge(world, connection)
    finally:
        connection.rollback()
        connection.close()


def controls(world: World) -> tuple[int, list[str]]:
    """How many faults were planted, and those that nobody saw."""
    return len(FAULTS), blind_spots(world)
