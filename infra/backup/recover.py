"""From a backup to a database that runs: unpack, lay the journal out, recover to a place or a moment."""

from __future__ import annotations

import base64
import json
import os
import shutil
import stat
import subprocess
import tarfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg2
from pyrage import x25519

from infra.backup import base, sealing
from infra.backup.journal import Journal, Saved, chain, lsn_read, segment_name
from infra.backup.target import Backup, Target
from infra.backup.trouble import BackupError
from infra.datadir import DataDir, write_private
from infra.ports import Ports
from infra.process import Process
from infra.servers.postgres import OPTIONS, Postgres, programs

RECOVER_WITHIN = 6 * 3600.0
ENDS_BEFORE = "recovery ended before configured recovery target was reached"
HBA = "local all all trust\n"


@dataclass(frozen=True)
class Goal:
    """Where to stop: at a place of the journal, at a moment, or (neither) at the end of what is saved."""

    lsn: str = ""
    at: datetime | None = None

    def options(self) -> dict[str, str]:
        if self.lsn:
            return {
                "recovery_target_lsn": self.lsn,
                "recovery_target_inclusive": "off",
                "recovery_target_action": "promote",
            }
        if self.at is not None:
            moment = self.at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f+00")
            return {"recovery_target_time": moment, "recovery_target_action": "promote"}
        return {}


class Recovery:
    """Restores the database of `target` into the folder `data` (its `postgres/`), and runs it there on a local
    socket for as long as it is needed. What is not `lasting` need not survive a power cut."""

    def __init__(
        self, target: Target, identity: x25519.Identity, data: DataDir, goal: Goal, *, lasting: bool = True
    ) -> None:
        self.target, self.identity, self.goal = target, identity, goal
        self.data, self._lasting = data, lasting
        self.postgres = Postgres(data, Ports(data))
        self.backup = self._choose()
        self.journal = target.journal()
        self._wal = data.path / "wal-restored"
        self._socket = data.path / "socket"
        self._process: Process | None = None

    def _choose(self) -> Backup:
        before = self.goal.at
        if not self.goal.lsn:
            return self.target.newest(before=before)
        place = lsn_read(self.goal.lsn)
        for each in self.target.backups():
            if lsn_read(each.manifest["stop_lsn"]) <= place:
                return each
        raise BackupError("no_backup_before", at=self.goal.lsn)

    # -- unpacking ----------------------------------------------------------------------------------------
    def unpack(self) -> None:
        """Lay database and journal out in the folder. Raises BackupError."""
        folder = self.postgres.folder
        self.postgres.folder_make(folder)
        owner = (folder.stat().st_uid, folder.stat().st_gid)
        path = self.backup.part(base.CLUSTER)
        with sealing.opened(path, self.identity) as stream:
            _extract(stream, folder, owner)
        self._version_check()
        self.postgres.folder_make(self._wal)
        wanted = self._segments()
        for each in wanted:
            each.check()
            content = sealing.unseal(each.path, self.identity)
            self._lay(each.segment, content + bytes(self.journal.size - len(content)), owner)
        for timeline, text in self._histories().items():
            self._lay(f"{timeline:08X}.history", text.encode(), owner)

    def _version_check(self) -> None:
        found = (self.postgres.folder / "PG_VERSION").read_text(encoding="utf-8").strip()
        text = subprocess.run(
            [str(programs() / "postgres"), "--version"], capture_output=True, text=True, check=True
        ).stdout
        wanted = text.split()[-1].split(".")[0]
        if found != wanted:
            raise BackupError("version_differs", found=found, wanted=wanted)

    def _lay(self, name: str, content: bytes, owner: tuple[int, int]) -> None:
        path = self._wal / name
        with path.open("wb") as stream:
            os.fchmod(stream.fileno(), 0o600)
            stream.write(content)
        os.chown(path, *owner)

    def _histories(self) -> dict[int, str]:
        return {
            timeline: sealing.unseal(path, self.identity).decode()
            for timeline, path in self.journal.histories().items()
        }

    def _segments(self) -> list[Saved]:
        """The saved files between the backup's beginning and the end, without a hole. Raises BackupError."""
        return needed(self.journal, self._histories(), self.backup, until=self._until())

    def _until(self) -> int | None:
        """Behind which place nothing is needed: a later base began after the moment asked for."""
        if self.goal.at is None:
            return None
        later = [each for each in self.target.backups() if each.started_at > self.goal.at]
        return lsn_read(later[-1].manifest["stop_lsn"]) if later else None

    # -- running ------------------------------------------------------------------------------------------
    def start(self) -> None:
        """Recover, and wait until the database takes writes. Raises BackupError."""
        (self.postgres.folder / "recovery.signal").touch()
        folder = self.postgres.folder
        os.chown(folder / "recovery.signal", folder.stat().st_uid, folder.stat().st_gid)
        try:
            self._run(self.goal.options())
        except BackupError as error:
            if error.code != "journal_ends" or self.goal.at is None or not self._is_saved_until(self.goal.at):
                raise
            # Nothing was committed between the moment asked for and the end of what is saved.
            self._run({})

    def _is_saved_until(self, moment: datetime) -> bool:
        newest = max(
            (each.path.stat().st_mtime for t in self.journal.timelines() for each in self.journal.files(t)),
            default=0.0,
        )
        return newest >= moment.timestamp()

    def _run(self, options: Mapping[str, str]) -> None:
        self._files()
        log = self.data.path / "logs" / "recovery.log"
        log.parent.mkdir(exist_ok=True, mode=0o700)
        log.unlink(missing_ok=True)
        spec = self.postgres.spec_aside(
            socket=self._socket,
            log=log,
            options={
                **{name: value for name, value in OPTIONS.items() if not name.startswith("log_")},
                "config_file": str(self._socket / "postgresql.conf"),
                "hba_file": str(self._socket / "pg_hba.conf"),
                "ident_file": str(self._socket / "pg_ident.conf"),
                "restore_command": f'cp "{self._wal}/%f" "%p"',
                # With it, recovery would insist on the limits of the server that was saved.
                "hot_standby": "off",
                "archive_mode": "off",
                "log_min_messages": "info",
                "autovacuum": "off",
                "fsync": "on" if self._lasting else "off",
                **options,
            },
        )
        self._process = Process(spec, mark=str(self.data.path))
        self._process.start()
        deadline = time.monotonic() + RECOVER_WITHIN
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                text = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
                self.stop()
                raise _failure(text)
            time.sleep(0.1)

    def _files(self) -> None:
        """Configuration of our own: the saved one may name what this machine does not have."""
        if not self._socket.exists():
            self.postgres.folder_make(self._socket)
        for name, text in (("postgresql.conf", ""), ("pg_hba.conf", HBA), ("pg_ident.conf", "")):
            path = self._socket / name
            write_private(path, text)
            os.chown(path, self._socket.stat().st_uid, self._socket.stat().st_gid)

    def _answers(self) -> bool:
        try:
            connection = self.connect(database="postgres")
        except psycopg2.OperationalError:
            return False
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_is_in_recovery()")
                return not cursor.fetchone()[0]
        finally:
            connection.close()

    def connect(self, *, user: str = "", database: str = "") -> Any:
        """A connection through the socket, which only root and the server's own user can reach."""
        return psycopg2.connect(
            host=str(self._socket_path()),
            port=5432,
            user=user or self.backup.manifest["user"],
            dbname=database or self.backup.manifest["database"],
            connect_timeout=3,
        )

    def _socket_path(self) -> Path:
        return self.postgres.socket_folder(self._socket)

    def stop(self) -> None:
        """Stop the database in an orderly way."""
        if self._process is None:
            return
        self._process.signal(self._process.spec.stop_signal)
        deadline = time.monotonic() + self._process.spec.grace
        while self._process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.05)
        self._process.kill()
        self._process = None
        self.postgres.socket_forget(self._socket)

    def tidy(self) -> None:
        """Remove what only the recovery needed."""
        for folder in (self._wal, self._socket):
            shutil.rmtree(folder, ignore_errors=True)

    # -- the small files ------------------------------------------------------------------------------------
    def secrets(self) -> dict[str, Any]:
        """The data folder's small files and the environment's keys, as they were saved. Raises BackupError."""
        return dict(json.loads(sealing.unseal(self.backup.part(base.SECRETS), self.identity)))

    def secrets_lay(self) -> dict[str, str]:
        """Write the small files into the data folder; return the keys of the environment."""
        found = self.secrets()
        for name, content in found["files"].items():
            path = (self.data.path / name).resolve()
            if self.data.path not in path.parents:
                raise BackupError("part_damaged", path=name)
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(base64.b64decode(content))
        return dict(found["environment"])


@contextmanager
def aside(target: Target, identity: x25519.Identity, scratch: Path, goal: Goal) -> Iterator[Recovery]:
    """A restored database beside the living one, in the folder `scratch`, which is gone afterwards."""
    if scratch.exists() and any(scratch.iterdir()):
        raise BackupError("not_empty", path=scratch)
    data = DataDir(scratch)
    data.prepare()
    try:
        recovery = Recovery(target, identity, data, goal, lasting=False)
        try:
            recovery.unpack()
            recovery.start()
            yield recovery
        finally:
            recovery.stop()
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def needed(
    journal: Journal, histories: dict[int, str], backup: Backup, *, until: int | None = None
) -> list[Saved]:
    """The saved files that lead from a backup to the newest place, or to `until`. Raises BackupError."""
    first = lsn_read(backup.manifest["start_lsn"]) // journal.size
    least = (lsn_read(backup.manifest["stop_lsn"]) - 1) // journal.size
    newest = max([*journal.timelines(), backup.timeline])
    found: list[Saved] = []
    number = first
    for timeline, left_at in chain(histories, newest):
        if timeline < backup.timeline:
            continue
        saved = journal.saved(timeline)
        if left_at >= 0:
            # The segment in which a timeline was left is saved whole or in part; the next one has it, too.
            last = left_at // journal.size - 1
        else:
            last = max([*saved, least if timeline == backup.timeline else number])
        if until is not None:
            last = min(last, max(until // journal.size, least))
        while number <= last:
            each = saved.get(number)
            if each is None or (not each.is_whole and number < last and left_at < 0):
                raise BackupError("journal_missing", segment=segment_name(timeline, number, journal.size))
            found.append(each)
            number += 1
        beginning = saved.get(number)
        if left_at >= 0 and beginning is not None:
            found.append(beginning)
    return found


def _extract(stream: Any, folder: Path, owner: tuple[int, int]) -> None:
    """Unpack the tar of a base: files and folders below `folder`, and nothing else. Raises BackupError."""
    try:
        with tarfile.open(fileobj=stream, mode="r|") as archive:
            for member in archive:
                path = folder / member.name
                if ".." in member.name.split("/") or member.name.startswith("/"):
                    raise BackupError("part_damaged", path=member.name)
                if member.isdir():
                    path.mkdir(mode=0o700, exist_ok=True)
                elif member.isfile():
                    source = archive.extractfile(member)
                    assert source is not None
                    with path.open("wb") as sink:
                        os.fchmod(sink.fileno(), 0o600)
                        shutil.copyfileobj(source, sink, sealing.CHUNK)
                else:
                    raise BackupError("part_damaged", path=member.name)
                os.chown(path, *owner)
        stream.read()  # to the end: only there it shows that nothing was cut off
    except tarfile.TarError as error:
        raise BackupError("part_damaged", path=base.CLUSTER) from error
    os.chmod(folder, stat.S_IRWXU)
    # They would speak of the server that was saved.
    for name in ("postgresql.auto.conf", "standby.signal"):
        (folder / name).unlink(missing_ok=True)


def _failure(text: str) -> BackupError:
    if ENDS_BEFORE in text:
        return BackupError("journal_ends")
    last = [line for line in text.splitlines() if "FATAL" in line or "PANIC" in line or "ERROR" in line]
    return BackupError("recovery_failed", reason=last[-1] if last else text[-300:])
