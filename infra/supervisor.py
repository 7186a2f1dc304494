"""Start processes in order, watch them, start them again when they die, stop them in reverse.

The protocol is in this folder's README. Everything happens on the main thread, in one loop: `tick`.
"""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from .datadir import DataDir
from .process import Process, Spec

FIRST_DELAY = 0.5
LONGEST_DELAY = 30.0
STEADY_AFTER = 60.0
PAUSE = 0.1
LOGS_EVERY = 5.0


class Stopped(Exception):
    """Somebody asked the supervisor to stop while it was waiting for something."""


class StartFailed(Exception):
    """A process did not become ready; the message names it and its log."""


def tail(log: Path | None, lines: int = 12) -> str:
    """Path of `log` and its last lines, to be shown to a person."""
    if log is None or not log.exists():
        return str(log)
    with log.open("rb") as stream:
        stream.seek(max(0, log.stat().st_size - 16_384))
        found = stream.read().decode("utf-8", errors="replace").splitlines()[-lines:]
    return "\n".join([f"{log}:", *(f"  {line}" for line in found)])


@dataclass
class Watched:
    """A process with its restart state."""

    process: Process
    delay: float = field(default_factory=lambda: FIRST_DELAY)
    due: float | None = None  # monotonic time of the next start, None while it runs
    restarts: int = 0


class Supervisor:
    def __init__(self, data: DataDir, *, say: Callable[[str], None] | None = None) -> None:
        self.data = data
        self.stopping = False
        self._batches: list[list[Watched]] = []
        self._logs_due = 0.0
        self._say = say or (lambda text: print(text, file=sys.stderr, flush=True))

    # -- signals --------------------------------------------------------------------------------------
    def handle_signals(self) -> None:
        """Ctrl-C, SIGTERM and a closed terminal all ask for an orderly stop."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if number == signal.SIGHUP and signal.getsignal(number) == signal.SIG_IGN:
                continue  # started with nohup
            signal.signal(number, self._on_signal)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self.stopping = True

    # -- starting -------------------------------------------------------------------------------------
    def start(self, specs: Sequence[Spec]) -> None:
        """Start all of `specs` at once and wait until each is ready.

        Raises StartFailed, or Stopped when a signal came in between.
        """
        batch = []
        for spec in specs:
            process = Process(spec, mark=str(self.data.path))
            process.start()
            batch.append(Watched(process))
        self._batches.append(batch)
        self._record()
        deadlines = {id(item): time.monotonic() + item.process.spec.ready_within for item in batch}
        waiting = batch
        while waiting:
            self.tick()
            self._raise_if_stopping()
            waiting = [item for item in waiting if not self._is_ready(item)]
            for item in waiting:
                spec = item.process.spec
                if item.restarts >= spec.tries or time.monotonic() > deadlines[id(item)]:
                    raise StartFailed(f"{spec.name} did not become ready; the end of {tail(spec.log)}")
            if waiting:
                time.sleep(PAUSE)

    def begin(self, spec: Spec) -> Process:
        """Start a program that ends by itself; hand it to `finish`."""
        process = Process(spec, mark=str(self.data.path))
        process.start()
        return process

    def finish(self, process: Process) -> int:
        """Wait for a program from `begin` while the others are watched; gives its exit status.

        A stop request ends it early with its stop signal and raises Stopped.
        """
        spec = process.spec
        deadline: float | None = None
        while (status := process.poll()) is None:
            self.tick()
            if self.stopping and deadline is None:
                process.signal(spec.stop_signal)
                deadline = time.monotonic() + spec.grace
            if deadline is not None and time.monotonic() > deadline:
                process.kill()
            time.sleep(PAUSE / 2)
        process.sweep()
        if deadline is not None:
            raise Stopped
        return status

    def run(self, spec: Spec) -> int:
        """`begin` and `finish` in one."""
        return self.finish(self.begin(spec))

    def watch(self) -> None:
        """Watch until a stop is asked for."""
        while not self.stopping:
            self.tick()
            time.sleep(PAUSE * 2)

    # -- one round ------------------------------------------------------------------------------------
    def tick(self) -> None:
        """Notice the dead, start those whose waiting time is over."""
        if self.stopping:
            return
        now = time.monotonic()
        if now >= self._logs_due:
            self._logs_due = now + LOGS_EVERY
            for item in self._all():
                item.process.bound_log()
        for item in self._all():
            process = item.process
            if item.due is None:
                status = process.poll()
                if status is None:
                    continue
                process.sweep()
                if now - process.started_at > STEADY_AFTER:
                    item.delay = FIRST_DELAY
                item.due = now + item.delay
                self._say(f"{process.spec.name} ended ({status}); starting it again in {item.delay:.1f} s")
                item.delay = min(item.delay * 2, LONGEST_DELAY)
                self._record()
            elif now >= item.due:
                item.due = None
                item.restarts += 1
                process.start()
                self._record()

    # -- stopping -------------------------------------------------------------------------------------
    def stop(self) -> None:
        """Stop batch by batch in reverse order of starting; who does not obey within its grace is killed."""
        self.stopping = True
        for batch in reversed(self._batches):
            begun = time.monotonic()
            for item in batch:
                item.process.signal(item.process.spec.stop_signal)
            for item in batch:
                spec = item.process.spec
                while item.process.poll() is None and time.monotonic() < begun + spec.grace:
                    time.sleep(0.02)
                if item.process.poll() is None:
                    self._say(f"{spec.name} did not stop within {spec.grace:.0f} s and was killed")
                item.process.kill()
        self._batches.clear()
        self.data.remove("status.json")

    # -- helpers --------------------------------------------------------------------------------------
    def _all(self) -> list[Watched]:
        return [item for batch in self._batches for item in batch]

    def _is_ready(self, item: Watched) -> bool:
        if item.process.poll() is not None:
            return False
        return item.process.spec.ready is None or item.process.spec.ready()

    def _raise_if_stopping(self) -> None:
        if self.stopping:
            raise Stopped

    def _record(self) -> None:
        """Write what runs to ``status.json`` for `python -m infra status` and for tests that kill."""
        self.data.write_json(
            "status.json",
            {
                item.process.spec.name: {
                    "pid": item.process.pid,
                    "state": "running" if item.due is None else "waiting",
                    "restarts": item.restarts,
                }
                for item in self._all()
            },
        )
