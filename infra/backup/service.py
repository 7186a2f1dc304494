"""The process that takes backups by the clock and on demand, and says how it stands.

Journal, bases and mirror work side by side: a base of an hour must not hold up the journal, nor a full target
the mirror's report. What stands where is in `report`, which is handed to `publish` whenever it has changed.
"""

from __future__ import annotations

import logging
import os
import shutil
import socket
import threading
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from infra.backup import base, retention, schedule
from infra.backup.journal import lsn_write
from infra.backup.mirror import Mirror, Store
from infra.backup.receiver import Receiver
from infra.backup.settings import Settings
from infra.backup.target import Target
from infra.backup.trouble import BackupError

log = logging.getLogger(__name__)

PAUSE = 1.0
BEGIN_WITHIN, JOURNAL_WITHIN = 30.0, 300.0
ATTEMPTS_KEPT = 20
PUBLISH_EVERY = 60.0
Publish = Callable[[dict[str, Any]], None]


def say_nothing(report: dict[str, Any]) -> None:
    """For those who need no report."""


class Work:
    """One kind of work by the clock: what runs, when it comes next, how it failed."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.thread: threading.Thread | None = None
        self.since: float | None = None
        self.bytes = 0
        self.failures = 0
        self.not_before = 0.0
        self.trouble: BackupError | None = None
        self.wanted: list[str] = []  # by whom

    @property
    def runs(self) -> bool:
        return self.thread is not None and self.thread.is_alive()

    def may_begin(self) -> bool:
        """Whether the pause after a failure is over."""
        return not self.runs and time.monotonic() >= self.not_before


class Service:
    """Everything of one target; the caller holds no lock, `run` takes it."""

    def __init__(
        self,
        settings: Settings,
        *,
        publish: Publish = say_nothing,
        facts: Callable[[], Mapping[str, Any]] = dict,
        wishes: Callable[[], list[tuple[str, str]]] = list,
    ) -> None:
        """`facts` are written into each manifest; `wishes` gives (kind, by whom) that were asked for elsewhere."""
        self.settings = settings
        self.target = Target(settings.target)
        self.receiver = Receiver(settings, self.target)
        self._publish, self._facts, self._more_wishes = publish, facts, wishes
        self._base, self._mirror = Work("base"), Work("mirror")
        self._mirrored: dict[str, Any] | None = None
        self._mirrored_at: datetime | None = None
        self._attempts: list[dict[str, Any]] = []
        self._stop = threading.Event()
        self._trouble: BackupError | None = None
        self._published: tuple[float, Any] = (0.0, None)
        self._objects: Mirror | None = None

    # -- running ------------------------------------------------------------------------------------------
    def stop(self) -> None:
        """End soon."""
        self._stop.set()

    def run(self) -> None:
        """Work until stopped. Does not raise for what goes wrong with servers or target: that is its report."""
        while not self._stop.is_set() and not self._begin():
            self._tell()
            self._stop.wait(min(schedule.pause_after(1), 5.0))
        if not self._stop.is_set():
            self.receiver.start()
        while not self._stop.is_set():
            self.round()
            self._stop.wait(PAUSE)
        self.end()

    def _begin(self) -> bool:
        """Take the target. False while it is away or somebody else's."""
        try:
            self.target.prepare()
            self.target.lock()
            self._objects = Mirror(self.target.path)
        except BackupError as error:
            self._trouble = error
            log.warning("backup: %s", error)
            self.target.unlock()
            return False
        self._trouble = None
        self._mirrored = self.target.read_json("objects/last.json")
        if self._mirrored:
            self._mirrored_at = datetime.fromisoformat(self._mirrored["at"])
        return True

    def round(self) -> None:
        """Look what is due and begin it."""
        for kind, by in [*((kind, "command") for kind in self.target.wishes()), *self._more_wishes()]:
            self.ask(kind, by)
        now = datetime.now(UTC)
        if self._base.may_begin() and (self._base.wanted or self._base_due(now)):
            by = self._base.wanted.pop(0) if self._base.wanted else "schedule"
            self._base.wanted.clear()
            self._start(self._base, lambda: self.base(by))
        if self._mirror.may_begin() and (self._mirror.wanted or self._mirror_due(now)):
            self._mirror.wanted.clear()
            self._start(self._mirror, self.mirror)
        self._tell()

    def ask(self, kind: str, by: str) -> None:
        """Have a base, the mirror or what has come of the journal saved now."""
        if kind == "base":
            self._base.wanted.append(by)
            self._base.not_before = 0.0
        elif kind == "mirror":
            self._mirror.wanted.append(by)
            self._mirror.not_before = 0.0
        elif kind == "journal":
            self.receiver.hurry()

    def end(self) -> None:
        """Let go of everything; what is in memory is saved, a base under way is given up."""
        self._stop.set()
        self.receiver.stop()
        if self.receiver.is_alive():
            self.receiver.join(15)
        self._tell(last=True)
        self.target.unlock()

    # -- the work itself ----------------------------------------------------------------------------------
    def base(self, by: str) -> None:
        """Take a base, then tidy up. Raises BackupError."""
        facts = dict(self._facts())
        self.receiver.await_begun(within=BEGIN_WITHIN)

        def told(count: int) -> None:
            self._base.bytes = count
            if self._stop.is_set():
                raise BackupError("unexpected", reason="stopped")

        taken = base.take(
            self.settings, self.target, by=by, facts=facts, saved=self._await_journal, told=told
        )
        self.receiver.gap = False
        assert self._objects is not None
        retention.tidy(self.target, self._objects, keep=self.settings.keep)
        log.info("base backup %s is complete", taken.id)
        self._mirror.wanted.append("base")

    def mirror(self) -> None:
        """Bring the mirror up to date. Raises BackupError."""
        assert self._objects is not None
        begun = datetime.now(UTC)
        outcome = self._objects.run(Store(self.settings.store), stopped=self._stop.is_set)
        if self._stop.is_set():
            return
        value = {
            "at": begun.isoformat(),
            "seconds": round((datetime.now(UTC) - begun).total_seconds(), 1),
            **outcome.as_json(),
        }
        self.target.write_json("objects/last.json", value)
        self._mirrored, self._mirrored_at = value, begun

    def _await_journal(self, lsn: str) -> None:
        self.receiver.await_saved(lsn, within=JOURNAL_WITHIN)

    def _base_due(self, now: datetime) -> bool:
        backups = self.target.backups()
        last = backups[0].started_at if backups else None
        if self.receiver.system and backups and backups[0].timeline != self.receiver.timeline:
            return True  # the database was restored since: what comes now belongs to another history
        return self.receiver.gap or schedule.base_due(now, self.settings.at, last)

    def _mirror_due(self, now: datetime) -> bool:
        last = self._mirrored_at
        return last is None or not last <= now < last + timedelta(minutes=self.settings.mirror_minutes)

    def _start(self, work: Work, run: Callable[[], None]) -> None:
        def act() -> None:
            try:
                run()
                work.failures, work.trouble, work.not_before = 0, None, 0.0
            except BackupError as error:
                self._failed(work, error)
            except Exception as error:  # noqa: BLE001 - it is told, and the next time is not lost with the thread
                log.exception("backup: %s failed", work.kind)
                self._failed(work, BackupError("unexpected", reason=type(error).__name__))
            finally:
                work.since = None

        work.since, work.bytes = time.time(), 0
        work.thread = threading.Thread(target=act, name=work.kind, daemon=True)
        work.thread.start()

    def _failed(self, work: Work, error: BackupError) -> None:
        if self._stop.is_set():
            return
        log.warning("backup: %s: %s", work.kind, error)
        work.failures += 1
        work.trouble = error
        work.not_before = time.monotonic() + schedule.pause_after(work.failures)
        entry = {"at": datetime.now(UTC).isoformat(), "kind": work.kind, **error.as_json()}
        self._attempts = [entry, *self._attempts][:ATTEMPTS_KEPT]

    # -- telling ------------------------------------------------------------------------------------------
    def report(self) -> dict[str, Any]:
        """How everything stands, as JSON."""
        now = datetime.now(UTC)
        due = (
            self._mirrored_at + timedelta(minutes=self.settings.mirror_minutes) if self._mirrored_at else now
        )
        return {
            "at": now.isoformat(),
            "machine": socket.gethostname(),
            "pid": os.getpid(),
            "target": str(self.target.path),
            "recipient": self.settings.recipient,
            "settings": {
                "at": self.settings.at.strftime("%H:%M"),
                "keep": self.settings.keep,
                "mirror_minutes": self.settings.mirror_minutes,
                "journal_seconds": self.settings.journal_seconds,
            },
            "trouble": _json(self._trouble),
            "journal": {
                "end": lsn_write(self.receiver.end),
                "timeline": self.receiver.timeline,
                "saved_at": _iso(self.receiver.saved_at),
                "through_at": _iso(self.receiver.through_at),
                "trouble": _json(self.receiver.trouble),
                "since": _iso(self.receiver.trouble_since),
            },
            "base": {
                "running_since": _iso(self._base.since),
                "bytes": self._base.bytes if self._base.since else 0,
                "trouble": _json(self._base.trouble),
                "failures": self._base.failures,
                "next_at": schedule.nightly_after(now, self.settings.at).isoformat(),
            },
            "mirror": {
                "running_since": _iso(self._mirror.since),
                "trouble": _json(self._mirror.trouble),
                "next_at": max(due, now).isoformat(),
                "last": self._mirrored,
            },
            "backups": [summary(each.manifest) for each in self.target.backups()],
            "failures": self._attempts,
            "drills": self.target.drills(),
            "space": self._space(),
        }

    def _space(self) -> dict[str, int] | None:
        try:
            found = shutil.disk_usage(self.target.path)
        except OSError:
            return None
        return {"free": found.free, "total": found.total}

    def _tell(self, *, last: bool = False) -> None:
        """Publish when something has changed that people act on, else once a minute."""
        report = self.report()
        at, known = self._published
        weighty = _weighty(report)
        if last or weighty != known or time.monotonic() - at >= PUBLISH_EVERY:
            self._published = (time.monotonic(), weighty)
            self._publish(report)


def summary(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """What lists show of a backup."""
    begun = datetime.fromisoformat(manifest["started_at"])
    ended = datetime.fromisoformat(manifest["finished_at"])
    return {
        "id": manifest["id"],
        "by": manifest["by"],
        "started_at": manifest["started_at"],
        "finished_at": manifest["finished_at"],
        "seconds": round((ended - begun).total_seconds(), 1),
        "bytes": sum(each["bytes"] for each in manifest["parts"]),
        "plain_bytes": sum(each["plain"] for each in manifest["parts"]),
        "timeline": manifest["timeline"],
        "start_lsn": manifest["start_lsn"],
        "stop_lsn": manifest["stop_lsn"],
        "code": manifest.get("code", ""),
        "version": manifest.get("version", ""),
    }


def _weighty(report: dict[str, Any]) -> Any:
    """The report without what changes by itself all the time."""
    journal = {name: report["journal"][name] for name in ("timeline", "trouble", "since")}
    base_state = {name: report["base"][name] for name in ("running_since", "trouble", "failures")}
    mirror_state = {name: report["mirror"][name] for name in ("running_since", "trouble", "last")}
    rest = {name: report[name] for name in ("trouble", "backups", "failures", "drills", "settings")}
    return (journal, base_state, mirror_state, rest)


def _json(error: BackupError | None) -> dict[str, Any] | None:
    return error.as_json() if error is not None else None


def _iso(moment: float | None) -> str | None:
    return datetime.fromtimestamp(moment, UTC).isoformat() if moment is not None else None
