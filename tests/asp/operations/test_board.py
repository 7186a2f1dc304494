"""Checks run side by side with a deadline; silence and failure are results."""

import threading
import time

import pytest
from django.utils import translation

from asp.operations import board
from tenants.context import current_site
from tenants.observe import checks
from tenants.observe.checks import Check, Status, ok, warning, wrong


@pytest.fixture
def planted(monkeypatch):
    """Only the checks that a test gives."""
    board.forget()

    def plant(*given: Check) -> None:
        monkeypatch.setattr(board, "checks", lambda: list(given))

    yield plant
    board.forget()


def test_all_are_run_and_the_worst_comes_first(planted):
    planted(
        Check("a", "A", lambda: ok("fine {n}", n=1)),
        Check("b", "B", lambda: warning("soon", "do")),
        Check("c", "C", lambda: wrong("now {n}", "do it {n} times", n=3)),
    )
    found = board.look()
    assert [line.code for line in found.troubles] == ["c", "b"]
    assert [line.text for line in found.fine] == ["fine 1"]
    assert found.troubles[0].advice == "do it 3 times"
    assert found.status == Status.WRONG


def test_what_hangs_is_said_within_a_second_and_not_started_twice(planted):
    started, release = [], threading.Event()

    def hang():
        started.append(1)
        release.wait(30)
        return ok("late")

    planted(*(Check(f"h{number}", "H", hang) for number in range(8)), Check("a", "A", lambda: ok("x")))
    begun = time.monotonic()
    found = board.look(fresh=True)
    assert time.monotonic() - begun < 1.0
    assert len(found.troubles) == 8
    assert {line.status for line in found.troubles} == {Status.WRONG}
    board.forget()
    board.look(fresh=True)
    assert len(started) == 8, "threads must not pile up"
    release.set()


def test_what_fails_is_said_without_what_it_held(planted, bureau_a):
    def broken():
        raise ValueError("13912345678")

    planted(Check("x", "X", broken))
    with translation.override("en"):
        (line,) = board.look(fresh=True).lines
        assert line.status == Status.WRONG
        assert line.text == "The check itself failed: ValueError."


def test_checks_run_as_the_host(planted):
    seen = []
    planted(Check("x", "X", lambda: seen.append(current_site().kind) or ok("x")))
    board.look(fresh=True)
    assert seen == ["host"]


def test_an_answer_is_kept_for_a_moment(planted):
    asked = []
    planted(Check("x", "X", lambda: asked.append(1) or ok("x")))
    assert board.look() is board.look()
    board.look(fresh=True)
    assert len(asked) == 1, "also somebody who asks again and again gets one look a second"


def test_a_code_is_unique():
    board.checks()
    with pytest.raises(ValueError, match="database"):
        checks.register(Check("database", "again", lambda: ok("x")))
