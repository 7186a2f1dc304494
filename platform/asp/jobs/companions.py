"""What runs beside the scheduler's loop, in threads of its process: things that every machine needs once."""

from collections.abc import Callable

from tenants.observe import alive

_companions: list[Callable[[], None]] = [alive.start]


def register(begin: Callable[[], None]) -> None:
    """Have `begin` called when a scheduler starts. It must return at once and not fail."""
    if begin not in _companions:
        _companions.append(begin)


def start() -> None:
    """Start them all."""
    for begin in _companions:
        begin()
