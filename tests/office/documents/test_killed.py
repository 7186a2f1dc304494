"""kill -9 at any moment: no number is lost, none is given twice, none is left out. Reference §1.3."""

import os
import random
import signal
import subprocess
import sys
from pathlib import Path

from django.db import connection

from office.documents.models import Number
from office.documents.selectors import Wanted, accounts_of
from tests.office.documents.registry import Registry

KILLS = 6
AT_ONCE = 3
TAKER = Path(__file__).with_name("taker.py")


class Taker:
    """A process that takes numbers; `acknowledged` are those that it was told of."""

    def __init__(self, registry: Registry) -> None:
        arguments = [str(registry.cast.bureau.id), str(registry.code.pk)]
        # The test's own database, not the one that the servers were started with.
        name = connection.settings_dict["NAME"]
        urls = {
            key: os.environ[key].rpartition("/")[0] + f"/{name}"
            for key in ("DATABASE_URL", "DATABASE_OWNER_URL")
        }
        self.process = subprocess.Popen(
            [sys.executable, str(TAKER), *arguments],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, **urls, "ASP_DB_LOGIN": "app"},
        )
        self.acknowledged: list[int] = []

    def wait(self, count: int) -> None:
        """Read until so many more were acknowledged."""
        assert self.process.stdout is not None
        for _ in range(count):
            line = self.process.stdout.readline()
            assert line, "the process ended by itself"
            self.acknowledged.append(int(line))

    def kill(self) -> list[int]:
        """kill -9; gives what it was told of, the last words included."""
        self.process.send_signal(signal.SIGKILL)
        assert self.process.stdout is not None
        rest = self.process.stdout.read()
        self.process.wait()
        # A line that was cut off in the middle was not heard.
        return [
            *self.acknowledged,
            *(int(each) for each in rest.splitlines(keepends=True) if each.endswith("\n")),
        ]


def test_every_number_is_there_once(registry: Registry) -> None:
    dice = random.Random(20261130)
    told: list[int] = []
    running = [Taker(registry) for _ in range(AT_ONCE)]
    try:
        for turn in range(KILLS):
            victim = running.pop(0)
            victim.wait(dice.randint(1, 12))
            told += victim.kill()
            if turn < KILLS - AT_ONCE:
                running.append(Taker(registry))
    finally:
        for each in running:
            each.kill()
    numbers = list(Number.objects.filter(series__code=registry.code).values_list("number", flat=True))
    assert sorted(numbers) == list(range(1, len(numbers) + 1))
    assert len(told) == len(set(told))
    assert set(told) <= set(numbers)
    assert len(told) >= KILLS
    (accounts,) = accounts_of(Wanted(code=registry.code.pk))
    assert accounts.holds
    assert accounts.states["used"] == len(numbers)
