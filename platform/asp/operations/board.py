"""Runs the health checks side by side, with a deadline: a server that hangs is a result, not a wait."""

import logging
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db import connection
from django.utils.functional import Promise
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext, gettext_noop

from asp.ui.logs import describe
from tenants.context import host_context
from tenants.observe.checks import Check, Result, Status, registered, wrong

log = logging.getLogger(__name__)

KEEP = 10.0  # seconds for which an answer is good enough
KEEP_FRESH = 1.0  # also if somebody asks again and again
ORDER = {Status.WRONG: 0, Status.WARNING: 1, Status.OK: 2}

SILENT = gettext_noop("There was no answer within {seconds} s.")
SILENT_ADVICE = gettext_noop(
    "Look whether the server runs and is reachable. If several checks are silent at once, begin with the database."
)
BROKEN = gettext_noop("The check itself failed: {error}.")
BROKEN_ADVICE = gettext_noop(
    "If the server concerned is in order, this is a fault of the software: report it with this text."
)


@dataclass
class Line:
    """One check with what it found."""

    check: Check
    result: Result
    seconds: float = 0.0

    @property
    def code(self) -> str:
        """Stable name."""
        return self.check.code

    @property
    def status(self) -> Status:
        """ok, warning or wrong."""
        return self.result.status

    @property
    def title(self) -> str:
        """What is watched, in the reader's language."""
        return str(self.check.title)

    @property
    def text(self) -> str:
        """How it stands, in the reader's language."""
        return _words(self.result.text, self.result.params)

    @property
    def advice(self) -> str:
        """What to do, in the reader's language; empty if nothing."""
        return _words(self.result.advice, self.result.params)


@dataclass
class Board:
    """All checks as they were at one moment (`at`, seconds since 1970)."""

    lines: list[Line]
    at: float = field(default_factory=time.time)

    @property
    def troubles(self) -> list[Line]:
        """What is not in order, the worst first."""
        found = [line for line in self.lines if line.status != Status.OK]
        return sorted(found, key=lambda line: ORDER[line.status])

    @property
    def fine(self) -> list[Line]:
        """What is in order."""
        return [line for line in self.lines if line.status == Status.OK]

    @property
    def status(self) -> Status:
        """The worst of all."""
        return min((line.status for line in self.lines), key=ORDER.__getitem__, default=Status.OK)


def _words(text: str | Promise, params: Mapping[str, object]) -> str:
    words = str(text) if isinstance(text, Promise) else gettext(text) if text else ""
    return words.format(**params)


class _Attempt:
    """One check on its way, in a thread of its own that the process does not wait for."""

    def __init__(self, check: Check) -> None:
        self.check = check
        self.begun = time.monotonic()
        self.done = threading.Event()
        self.line: Line | None = None
        threading.Thread(target=self._run, name=f"check {check.code}", daemon=True).start()

    def _run(self) -> None:
        try:
            with host_context():
                result = self.check.run()
        except Exception as error:
            # Whatever it is, it is what this check has to say.
            log.warning("health check %s failed", self.check.code, exc_info=True)
            result = wrong(BROKEN, BROKEN_ADVICE, error=describe(error))
        finally:
            connection.close()
        self.line = Line(self.check, result, time.monotonic() - self.begun)
        self.done.set()

    def await_line(self, begun: float) -> Line:
        """What was found, or that nothing was in time."""
        left = self.check.seconds - (time.monotonic() - begun)
        self.done.wait(max(0.0, left))
        if self.line is not None:
            return self.line
        seconds = time.monotonic() - self.begun
        return Line(self.check, wrong(SILENT, SILENT_ADVICE, seconds=f"{self.check.seconds:g}"), seconds)


_lock = threading.Lock()
_last: list[Board] = []
_hanging: dict[str, _Attempt] = {}


def checks() -> list[Check]:
    """Return every declared check; apps declare theirs in `health_checks.py`."""
    autodiscover_modules("health_checks")
    return registered()


def look(*, fresh: bool = False) -> Board:
    """Return how everything stands: at most some seconds old, with `fresh` at most one."""
    with _lock:
        age = time.time() - _last[0].at if _last else KEEP
        if _last and 0 <= age < (KEEP_FRESH if fresh else KEEP):
            return _last[0]
        board = Board(_run_all())
        _last[:] = [board]
        return board


def _run_all() -> list[Line]:
    begun = time.monotonic()
    attempts = []
    for check in checks():
        # One that hangs is asked about, not started a second time: threads must not pile up.
        attempt = _hanging.get(check.code)
        if attempt is None or attempt.done.is_set():
            attempt = _Attempt(check)
        attempts.append(attempt)
    lines = [attempt.await_line(begun) for attempt in attempts]
    _hanging.clear()
    _hanging.update({each.check.code: each for each in attempts if not each.done.is_set()})
    return lines


def forget() -> None:
    """Let the next look be a new one."""
    with _lock:
        _last.clear()
