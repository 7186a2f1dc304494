"""What `make soak` ends with: 0 only if so much was killed and done as was asked for, and nothing was lost.

The course itself runs for an hour; here its kills and its work are counted without being done.
"""

import contextlib
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.faults import soak, soak_end
from tests.faults.ledger import Ledger

Soak = Callable[..., int]


@pytest.fixture
def end(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Soak:
    """Run a course of which everything is made up; give its exit status."""

    def run(
        *,
        kills: int = 3,
        acts: int = 20,
        problems: tuple[str, ...] = (),
        unseen: tuple[str, ...] = (),
        failures: tuple[str, ...] = (),
        drained: float = 1.0,
    ) -> int:
        ledger = Ledger()
        for number in range(acts):
            ledger.note("folder", f"{number}")

        @contextlib.contextmanager
        def running(port: int) -> Iterator[SimpleNamespace]:
            yield SimpleNamespace(ledger=ledger)

        def hurt(course: soak.Course) -> None:
            course.recoveries["web"] += [0.5] * kills
            course.failures += failures
            course.last_kill = time.monotonic()
            course.stopped.set()

        monkeypatch.setattr(soak, "running", running)
        monkeypatch.setattr(soak, "hurt", hurt)
        monkeypatch.setattr(soak, "work", lambda *_: None)
        monkeypatch.setattr(soak, "ROOT", tmp_path)
        rest = soak_end.Rest(drained, drained + 1)
        monkeypatch.setattr(soak_end, "rest_and_judge", lambda *_: (rest, list(problems)))
        monkeypatch.setattr(soak_end, "controls", lambda _: (24, list(unseen)))
        return soak.main(["--kills", "3", "--acts", "20", "--minutes", "1"])

    return run


def test_it_ends_well(end: Soak, tmp_path: Path) -> None:
    """The control: without it, an end that is never good would pass all the others."""
    assert end() == 0
    rows = json.loads((tmp_path / ".data" / "soak.json").read_text())
    assert {each["met"] for each in rows} == {True, None}


@pytest.mark.parametrize(
    "course",
    [
        {"kills": 2},
        {"acts": 19},
        {"problems": ("an acknowledged file is gone",)},
        {"problems": ("a bureau is half open",)},
        {"unseen": ("a wrong sum",)},
        {"failures": ("openings: Wrong: 500",)},
        {"drained": 31.0},
    ],
    ids=lambda course: "_".join(course),
)
def test_what_was_missed_is_no_good_end(
    end: Soak, course: dict[str, object], capsys: pytest.CaptureFixture[str]
) -> None:
    assert end(**course) == 1
    assert "make soak: MISSED " in capsys.readouterr().out
