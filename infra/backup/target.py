"""The folder that holds the backups of one database: what lies where, who works in it, what is complete."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from infra.backup import sealing
from infra.backup.journal import Journal
from infra.backup.trouble import BackupError, of_os
from infra.datadir import write_private

MANIFEST = "manifest.json"
OWNER = "database.json"
BASES = "bases"
DRILLS = "drills"
WISHES = "wishes"
FORMAT = 1
DRILLS_KEPT = 50


def stamp(moment: datetime) -> str:
    """Name of what was done at a moment: in UTC, in order, to the millisecond, as two bases fit into a second."""
    utc = moment.astimezone(UTC)
    return f"{utc:%Y%m%dT%H%M%S}{utc.microsecond // 1000:03d}Z"


@dataclass(frozen=True)
class Backup:
    """One complete base backup, as its manifest tells."""

    path: Path
    manifest: dict[str, Any]

    @property
    def id(self) -> str:
        return self.path.name

    @property
    def started_at(self) -> datetime:
        return datetime.fromisoformat(self.manifest["started_at"])

    @property
    def finished_at(self) -> datetime:
        return datetime.fromisoformat(self.manifest["finished_at"])

    @property
    def timeline(self) -> int:
        return int(self.manifest["timeline"])

    def part(self, name: str) -> Path:
        """Path of a part, after a look whether it is what was written. Raises BackupError."""
        path = self.path / name
        for each in self.manifest["parts"]:
            if each["name"] == name:
                if not path.exists():
                    raise BackupError("part_missing", path=path)
                if path.stat().st_size != each["bytes"] or sealing.digest_of(path) != each["sha256"]:
                    raise BackupError("part_damaged", path=path)
                return path
        raise BackupError("part_missing", path=path)


class Target:
    """`database.json`, `bases/<id>/`, `wal/`, `objects/`, `drills/`, `wishes/`, `lock`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock: int | None = None

    # -- who works here -------------------------------------------------------------------------------
    def prepare(self) -> None:
        """Make the folders. Raises BackupError."""
        try:
            self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
            for name in (BASES, DRILLS, WISHES, "wal", "objects"):
                (self.path / name).mkdir(exist_ok=True, mode=0o700)
        except OSError as error:
            raise of_os(error, self.path) from error

    def lock(self) -> None:
        """Become the one who writes here; the kernel gives it back when the process ends. Raises BackupError."""
        try:
            descriptor = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise of_os(error, self.path) from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            raise BackupError("target_busy", path=self.path) from None
        self._lock = descriptor
        self._tidy()

    def unlock(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def is_busy(self) -> bool:
        """Whether somebody works here."""
        try:
            descriptor = os.open(self.path / "lock", os.O_RDWR)
        except OSError:
            return False
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(descriptor)
        return False

    def _tidy(self) -> None:
        """Remove what a killed process has left half done. Nobody else can be at it: we hold the lock."""
        for folder in (self.path / BASES, self.path / "wal", self.path / "objects"):
            for path in folder.rglob(f"{sealing.HIDDEN}*"):
                if path.is_dir():
                    shutil.rmtree(path, ignore_errors=True)
                else:
                    path.unlink(missing_ok=True)

    def claim(self, *, system: str, segment_bytes: int) -> None:
        """Say whose backups these are, or find out that they are another database's. Raises BackupError."""
        found = self.owner()
        if found is None:
            value = {"format": FORMAT, "system": system, "segment_bytes": segment_bytes}
            self.write_json(OWNER, value)
        elif found["system"] != system:
            raise BackupError("target_foreign", path=self.path, found=found["system"], wanted=system)

    def owner(self) -> dict[str, Any] | None:
        """What `claim` has written."""
        found = self.read_json(OWNER)
        return found if isinstance(found, dict) else None

    def journal(self) -> Journal:
        """The saved journal. Raises BackupError before anything was saved."""
        owner = self.owner()
        if owner is None:
            raise BackupError("no_backup", path=self.path)
        return Journal(self.path, int(owner["segment_bytes"]))

    # -- backups --------------------------------------------------------------------------------------
    def backups(self) -> list[Backup]:
        """Every complete backup, the newest first. One without its manifest never came to its end."""
        folder = self.path / BASES
        found = []
        for path in folder.iterdir() if folder.is_dir() else ():
            if path.name.startswith(sealing.HIDDEN):
                continue
            manifest = self.read_json(f"{BASES}/{path.name}/{MANIFEST}")
            if isinstance(manifest, dict):
                found.append(Backup(path, manifest))
        return sorted(found, key=lambda each: each.manifest["started_at"], reverse=True)

    def newest(self, *, before: datetime | None = None) -> Backup:
        """The newest backup that was complete before a moment. Raises BackupError."""
        found = self.backups()
        if not found:
            raise BackupError("no_backup", path=self.path)
        for each in found:
            if before is None or each.finished_at <= before:
                return each
        raise BackupError("no_backup_before", at=before)

    @contextmanager
    def hidden(self, name: str) -> Iterator[Path]:
        """A folder for a backup under way; it gets its name at the end of the block, or is removed."""
        folder = self.path / BASES / f"{sealing.HIDDEN}{name}"
        try:
            folder.mkdir(mode=0o700)
            yield folder
            sealing.folder_sync(folder)
            folder.rename(self.path / BASES / name)
            sealing.folder_sync(self.path / BASES)
        except OSError as error:
            raise of_os(error, self.path) from error
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    # -- wishes: how others ask the process that works here ---------------------------------------------
    def wish(self, kind: str) -> None:
        """Ask for work of a kind. Raises BackupError."""
        try:
            write_private(self.path / WISHES / kind, datetime.now(UTC).isoformat() + "\n")
        except OSError as error:
            raise of_os(error, self.path) from error

    def wishes(self) -> list[str]:
        """Take what was asked for."""
        found = []
        try:
            for path in (self.path / WISHES).iterdir():
                if not path.name.startswith("."):
                    path.unlink(missing_ok=True)
                    found.append(path.name)
        except OSError:
            return found  # the folder is away: that is said elsewhere
        return found

    # -- drills -----------------------------------------------------------------------------------------
    def drill_keep(self, result: dict[str, Any]) -> None:
        """Keep what a drill has found. Raises BackupError."""
        name = stamp(datetime.fromisoformat(result["at"]))
        self.write_json(f"{DRILLS}/{name}.json", result)
        for path in sorted((self.path / DRILLS).glob("*.json"))[:-DRILLS_KEPT]:
            path.unlink(missing_ok=True)

    def drills(self, most: int = 10) -> list[dict[str, Any]]:
        """The last drills, the newest first."""
        folder = self.path / DRILLS
        if not folder.is_dir():
            return []
        names = sorted((path.name for path in folder.glob("*.json")), reverse=True)[:most]
        found = [self.read_json(f"{DRILLS}/{name}") for name in names]
        return [each for each in found if isinstance(each, dict)]

    # -- small files ------------------------------------------------------------------------------------
    def read_json(self, name: str) -> Any:
        """Content of a JSON file; None if it is absent, cut off, or the folder is away."""
        try:
            return json.loads((self.path / name).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None

    def write_json(self, name: str, value: Any) -> None:
        """Raises BackupError."""
        try:
            write_private(self.path / name, json.dumps(value, indent=1, ensure_ascii=False) + "\n")
        except OSError as error:
            raise of_os(error, self.path) from error
