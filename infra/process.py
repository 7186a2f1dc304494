"""One supervised process: how it starts, how one knows that it is ready, how it stops."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

LAUNCH = str(Path(__file__).with_name("launch.py"))
MARK = "TONGBAN_DATA_DIR"
LOG_LIMIT = 8 * 1024 * 1024
LOGS_KEPT = 3  # older ones, `.1` the youngest


@dataclass(frozen=True, kw_only=True)
class Spec:
    """What to run.

    `ready` is asked again and again until it says True; it must answer within about a second.
    A process that ends `tries` times before it is ready for the first time has failed.
    `grace` is the time in seconds between `stop_signal` and SIGKILL.
    """

    name: str
    argv: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    without: frozenset[str] = frozenset()  # variables that the process shall not see
    folder: Path = Path("/")
    stop_signal: signal.Signals = signal.SIGTERM
    grace: float = 15.0
    ready: Callable[[], bool] | None = None
    ready_within: float = 60.0
    tries: int = 4
    as_nobody: bool = False
    override_modes: bool = False
    log: Path | None = None


def launch_argv(spec: Spec) -> list[str]:
    """Full command line, through `infra.launch`."""
    options = ["--parent", str(os.getpid()), "--signal", str(int(spec.stop_signal))]
    if spec.as_nobody:
        options.append("--nobody")
    if spec.override_modes:
        options.append("--override")
    return [sys.executable, "-I", "-S", LAUNCH, *options, "--", *spec.argv]


class Process:
    """A running (or stopped) instance of a Spec. Start it from the main thread only: the kernel's
    parent-death signal fires when the creating *thread* ends."""

    def __init__(self, spec: Spec, *, mark: str) -> None:
        self.spec = spec
        self.started_at = 0.0
        self._mark = mark
        self._popen: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        return self._popen.pid if self._popen else None

    def start(self) -> None:
        environment = {**os.environ, **self.spec.environment, MARK: self._mark}
        for name in self.spec.without:
            environment.pop(name, None)
        log = self._open_log()
        try:
            self._popen = subprocess.Popen(
                launch_argv(self.spec),
                cwd=self.spec.folder,
                env=environment,
                stdin=subprocess.DEVNULL if self.spec.log else None,
                stdout=log,
                stderr=subprocess.STDOUT if log else None,
                start_new_session=self.spec.log is not None,
            )
        finally:
            if log is not None:
                os.close(log)
        self.started_at = time.monotonic()

    def poll(self) -> int | None:
        """Exit status if the process has ended, None while it runs."""
        return self._popen.poll() if self._popen else -1

    def signal(self, number: signal.Signals) -> None:
        if self._popen and self._popen.poll() is None:
            self._popen.send_signal(number)

    def sweep(self) -> None:
        """Kill what the process left behind in its own session (workers of a killed master)."""
        if self._popen is None or self.spec.log is None:
            return
        try:
            os.killpg(self._popen.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            return  # nothing is left of the group, or the number belongs to somebody else by now

    def bound_log(self) -> None:
        """Set a log that has grown past its limit aside and let it begin anew.

        The child keeps its descriptor, which appends, so the file is copied and cut. Lines written between
        the two are lost: a few, and never a stop of the child. On a full disk room comes before history.
        """
        log = self.spec.log
        try:
            if log is None or log.stat().st_size <= LOG_LIMIT:
                return
            for number in range(LOGS_KEPT - 1, 0, -1):
                older = log.with_suffix(f".log.{number}")
                if older.exists():
                    os.replace(older, log.with_suffix(f".log.{number + 1}"))
            copy = log.with_suffix(".log.1")
            try:
                copy.touch(mode=0o600)
                shutil.copyfile(log, copy)
            except OSError:
                copy.unlink(missing_ok=True)
            os.truncate(log, 0)
        except OSError:
            return  # not there yet, or the disk does not answer: looked at again in a moment

    def kill(self) -> None:
        if self._popen and self._popen.poll() is None:
            self._popen.kill()
            self._popen.wait()
        self.sweep()

    def _open_log(self) -> int | None:
        if self.spec.log is None:
            return None
        self.bound_log()
        return os.open(self.spec.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)


def ancestors() -> set[int]:
    """Process ids of this process and everything above it."""
    found: set[int] = set()
    pid = os.getpid()
    while pid > 1 and pid not in found:
        found.add(pid)
        try:
            text = Path(f"/proc/{pid}/stat").read_text()
        except OSError:
            break
        pid = int(text.rpartition(")")[2].split()[1])
    return found


def leftovers_kill(mark: str) -> list[int]:
    """Kill processes of an earlier supervisor of the same data folder that outlived it.

    They are known by the mark in their environment. Call it only while holding the folder's lock.
    PostgreSQL writes over its environment; `infra.servers.postgres` looks for it by its pid file.
    """
    wanted = f"{MARK}={mark}".encode()
    mine = ancestors()
    killed = []
    for entry in os.listdir("/proc"):
        if not entry.isdigit() or int(entry) in mine:
            continue
        try:
            environment = Path(f"/proc/{entry}/environ").read_bytes().split(b"\0")
        except OSError:
            continue
        if wanted in environment:
            try:
                os.kill(int(entry), signal.SIGKILL)
            except ProcessLookupError:
                continue
            killed.append(int(entry))
    return killed
