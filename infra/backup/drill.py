"""The restore drill (恢复演练): restore the newest backup aside and compare it with the living host.

The living database is read at one moment, the restored one is brought to the same place of the journal; then
every table must hold the same rows. Every living object must be in the mirror, whole. Nothing is taken from the
living host except what it would show to anybody who compares.
"""

from __future__ import annotations

import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pyrage import x25519

from infra.backup import figures
from infra.backup.mirror import Mirror, Store
from infra.backup.recover import Goal, Recovery, aside
from infra.backup.service import Service
from infra.backup.settings import Settings, libpq
from infra.backup.target import Target
from infra.backup.trouble import BackupError

JOURNAL_WITHIN = 180.0
Say = Callable[[str], None]
# Asks the restored database for objects that must be in the mirror: name and size.
Objects = Callable[[Any], list[tuple[str, int]]]


@dataclass
class Result:
    """What a drill has found. `troubles` are codes with parameters; none means that everything is the same."""

    at: datetime
    by: str
    backup: str = ""
    place: str = ""
    schemas: list[dict[str, Any]] = field(default_factory=list)
    differences: list[dict[str, Any]] = field(default_factory=list)
    unreadable: int = 0
    objects: int = 0
    objects_hashed: int = 0
    troubles: list[dict[str, Any]] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def matched(self) -> bool:
        return not self.differences and not self.troubles

    def as_json(self) -> dict[str, Any]:
        return {**self.__dict__, "at": self.at.isoformat(), "matched": self.matched}


class Drill:
    """One drill. `objects` names what the application's rows need of the mirror."""

    def __init__(
        self,
        settings: Settings,
        identity: x25519.Identity,
        *,
        by: str,
        say: Say,
        objects: Objects | None = None,
        most_hashed: int = 5000,
        scratch: Path | None = None,
    ) -> None:
        self.settings, self.identity, self.say = settings, identity, say
        self.target = Target(settings.target)
        self.result = Result(at=datetime.now(UTC), by=by)
        self._objects, self._most_hashed = objects, most_hashed
        self._scratch = scratch

    def run(self) -> Result:
        """Do it, keep what was found in the target, and return it. Raises BackupError only for what is no
        finding about the backup: a target or a database that is away."""
        begun = time.monotonic()
        connection, place = figures.at_a_quiet_moment(self.settings.reader)
        self.result.place = place
        try:
            self.say(f"The database is compared as it is now, at {place} of its journal.")
            # Before the mirror is brought up to date: that would heal what is missing, and nobody would know.
            self._mirror_check()
            await_journal(self.settings, self.target, place)
            self._lap("journal", begun)
            living = self._read(connection)
            self._lap("figures", begun)
        finally:
            connection.close()
        try:
            self._restore(living, place, begun)
        except BackupError as error:
            self.result.troubles.append(error.as_json())
        self.result.seconds["all"] = round(time.monotonic() - begun, 1)
        self.target.drill_keep(self.result.as_json())
        return self.result

    def _read(self, connection: Any) -> figures.Figures:
        return figures.read(connection)

    def _restore(self, living: figures.Figures, place: str, begun: float) -> None:
        with tempfile.TemporaryDirectory(prefix="drill-", dir=self._parent()) as folder:
            scratch = Path(folder) / "data"
            with aside(self.target, self.identity, scratch, Goal(lsn=place)) as recovery:
                self.result.backup = recovery.backup.id
                self._lap("restored", begun)
                self.say(f"Backup {recovery.backup.id} is restored aside and recovered to the same place.")
                self._compare(living, recovery)
        self._lap("compared", begun)

    def _parent(self) -> Path:
        """A folder for the scratch copy: it is as large as the database, and unencrypted while it is there."""
        parent = self._scratch or self.settings.data
        parent.mkdir(parents=True, exist_ok=True)
        return parent

    def _compare(self, living: figures.Figures, recovery: Recovery) -> None:
        known = libpq(self.settings.reader)
        connection = recovery.connect(user=known["PGUSER"], database=known["PGDATABASE"])
        try:
            figures.begin(connection)
            restored = figures.read(connection)
            if self._objects is not None:
                self._rows_check(self._objects(connection))
        finally:
            connection.close()
        self.result.differences = figures.differences(living, restored)
        self.result.unreadable = sum(each.rows < 0 for each in living.values())
        tables: dict[str, list[tuple[int, bool]]] = defaultdict(list)
        wrong = {(each["schema"], each["table"]) for each in self.result.differences}
        for key in {*living, *restored}:
            found = living.get(key) or restored[key]
            tables[key[0]].append((max(found.rows, 0), key in wrong))
        self.result.schemas = [
            {
                "schema": schema,
                "tables": len(each),
                "rows": sum(rows for rows, _ in each),
                "wrong": sum(bad for _, bad in each),
            }
            for schema, each in sorted(tables.items())
        ]

    # -- objects ----------------------------------------------------------------------------------------
    def _rows_check(self, wanted: list[tuple[str, int]]) -> None:
        """Every object that a row of the restored database needs is in the mirror with its size."""
        mirror = Mirror(self.target.path)
        for name, size in wanted:
            entry = mirror.entries.get(name)
            if entry is None or not mirror.path_of(name).exists():
                self._object_trouble("object_missing", name)
            elif entry.size != size or mirror.path_of(name).stat().st_size != size:
                self._object_trouble("object_damaged", name)

    def _mirror_check(self) -> None:
        """Every living object that was there at the last run is in the mirror; its copy is what was copied."""
        mirror = Mirror(self.target.path)
        living = dict(Store(self.settings.store).objects())
        known = {key: each for key, each in mirror.entries.items() if not each.gone_at}
        for number, (key, entry) in enumerate(sorted(known.items(), key=lambda each: each[1].copied_at)):
            if key in living and living[key] != entry.size:
                self._object_trouble("object_damaged", key)
            elif not mirror.path_of(key).exists():
                self._object_trouble("object_missing", key)
            elif number >= len(known) - self._most_hashed:
                self.result.objects_hashed += 1
                try:
                    mirror.check(key)
                except BackupError as error:
                    self._object_trouble(error.code, key)
        self.result.objects = len(known)

    def _object_trouble(self, code: str, name: str) -> None:
        trouble = BackupError(code, name=name).as_json()
        if trouble not in self.result.troubles:
            self.result.troubles.append(trouble)

    def _lap(self, name: str, begun: float) -> None:
        self.result.seconds[name] = round(time.monotonic() - begun, 1)


def await_journal(settings: Settings, target: Target, place: str) -> None:
    """Have everything up to `place` and all objects saved: by the process that works in the target, else by
    this one. Raises BackupError."""
    from infra.backup.journal import lsn_read

    if not target.is_busy():
        save_now(settings, place=place, base=False)
        return
    target.wish("journal")
    target.wish("mirror")
    begun = datetime.now(UTC)
    deadline = time.monotonic() + JOURNAL_WITHIN
    while True:
        journal = target.journal()
        newest = journal.timelines()[-1] if journal.timelines() else 0
        mirrored = target.read_json("objects/last.json") or {}
        is_mirrored = datetime.fromisoformat(mirrored["at"]) >= begun if mirrored else False
        if newest and (journal.end(newest) or 0) >= lsn_read(place) and is_mirrored:
            return
        if time.monotonic() > deadline:
            raise BackupError("journal_late", lsn=place, seconds=round(JOURNAL_WITHIN))
        time.sleep(0.2)


def save_now(
    settings: Settings, *, place: str = "", base: bool = True, facts: dict[str, Any] | None = None
) -> None:
    """Do by ourselves what the process would do: save the journal up to `place`, the objects, and a base if
    wanted or none is there. Raises BackupError."""
    service = Service(settings, facts=lambda: facts or {})
    service.target.prepare()
    service.target.lock()
    try:
        service._objects = Mirror(settings.target)
        service.receiver.start()
        if base or not service.target.backups():
            service.base("command")
        if place:
            service.receiver.await_saved(place, within=JOURNAL_WITHIN)
        service.mirror()
    finally:
        service.end()
