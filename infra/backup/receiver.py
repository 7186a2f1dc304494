"""Receives the journal (WAL) as a standby would, and saves it encrypted: whole segments as soon as they are full,
the beginning of the newest one every half minute.

Nothing is written unencrypted, and the server's settings stay as they are. A slot keeps the server from throwing
away what was not saved; it is told that a segment may go only when its file is on the target's disk.
"""

from __future__ import annotations

import logging
import select
import threading
import time
from io import BytesIO
from typing import Any

import psycopg2
import psycopg2.extras
from pyrage import x25519

from infra.backup import keys, sealing
from infra.backup.journal import DIGITS, lsn_read, lsn_write, segment_name
from infra.backup.settings import Settings
from infra.backup.target import Target
from infra.backup.trouble import BackupError, of_os

log = logging.getLogger(__name__)

HOPELESS = {"target_foreign", "replication_refused", "recipient_invalid"}
TELL_EVERY = 5.0
PATIENCE = 0.5  # between two savings of a beginning that somebody waits for
FIRST_BACK_OFF, LONGEST_BACK_OFF = 1.0, 30.0


class Receiver(threading.Thread):
    """One stream. `end` is up to where everything is saved, `through_at` the last moment at which that was
    all there was: what was committed before it is in the backup."""

    def __init__(self, settings: Settings, target: Target) -> None:
        super().__init__(name="journal", daemon=True)
        self._settings = settings
        self._target = target
        self._ending = threading.Event()
        self._changed = threading.Condition()
        self._wanted = 0
        self._marks: list[tuple[int, float]] = []  # one a second, at most as many as a saving takes
        self.end = 0
        self.timeline = 0
        self.system = ""
        self.saved_at: float | None = None
        self.through_at: float | None = None
        self.trouble: BackupError | None = None
        self.trouble_since: float | None = None
        self.gap = False  # journal was lost: a new base is needed

    # -- from other threads -----------------------------------------------------------------------------
    def stop(self) -> None:
        """End; what is in memory is saved before."""
        self._ending.set()

    def await_begun(self, *, within: float) -> None:
        """Wait until the journal is being received. Raises BackupError."""
        deadline = time.monotonic() + within
        with self._changed:
            while not self.end:
                self._raise_if_hopeless()
                left = deadline - time.monotonic()
                if left <= 0 or self._ending.is_set():
                    raise self.trouble or BackupError("journal_late", lsn="0/0", seconds=round(within))
                self._changed.wait(min(left, 1.0))

    def _raise_if_hopeless(self) -> None:
        """Waiting heals a database or a target that is away, and none of these."""
        if self.trouble is not None and self.trouble.code in HOPELESS:
            raise self.trouble

    def await_saved(self, lsn: str, *, within: float) -> None:
        """Wait until everything up to `lsn` is saved. Raises BackupError."""
        place = lsn_read(lsn)
        deadline = time.monotonic() + within
        with self._changed:
            self._wanted = max(self._wanted, place)
            while self.end < place:
                self._raise_if_hopeless()
                left = deadline - time.monotonic()
                if left <= 0 or self._ending.is_set():
                    raise self.trouble or BackupError("journal_late", lsn=lsn, seconds=round(within))
                self._changed.wait(min(left, 1.0))

    def hurry(self) -> None:
        """Save what has come as soon as the stream has a moment."""
        with self._changed:
            self._wanted = max(self._wanted, self.end + 1)

    # -- the thread -------------------------------------------------------------------------------------
    def run(self) -> None:
        back_off = FIRST_BACK_OFF
        while not self._ending.is_set():
            begun = time.monotonic()
            try:
                self._session()
                self._trouble(None)
            except BackupError as error:
                self._trouble(error)
            except psycopg2.Error as error:
                self._trouble(_database_trouble(error))
            except OSError as error:
                self._trouble(of_os(error, self._target.path))
            if time.monotonic() - begun > LONGEST_BACK_OFF:
                back_off = FIRST_BACK_OFF
            self._ending.wait(back_off)
            back_off = min(back_off * 2, LONGEST_BACK_OFF)

    def _trouble(self, error: BackupError | None) -> None:
        if error is not None:
            log.warning("journal: %s", error)
        with self._changed:
            if error is None or self.trouble is None:
                self.trouble_since = None if error is None else time.time()
            self.trouble = error
            self._changed.notify_all()

    def _session(self) -> None:
        recipient = keys.recipient_read(self._settings.recipient)
        self._target.prepare()
        connection = psycopg2.connect(
            self._settings.url,
            connect_timeout=10,
            application_name="tongban backup",
            connection_factory=psycopg2.extras.PhysicalReplicationConnection,
        )
        try:
            with connection.cursor() as cursor:
                cursor.execute("IDENTIFY_SYSTEM")
                system, timeline, now, _ = one(cursor)
                cursor.execute("SHOW wal_segment_size")
                size = _bytes(one(cursor)[0])
                self._target.claim(system=str(system), segment_bytes=size)
                self.system, self.timeline = str(system), int(timeline)
                stream = _Stream(self, self._target, recipient, self.timeline, size)
                if self.timeline > 1:
                    stream.history_save(cursor)
                start = self._start(cursor, size, lsn_read(now))
                cursor.start_replication(
                    slot_name=self._settings.slot,
                    slot_type=psycopg2.extras.REPLICATION_PHYSICAL,
                    start_lsn=start,
                    timeline=self.timeline,
                )
                stream.begin(start)
                with self._changed:
                    # What was saved of the newest segment is received once more, but it is saved already.
                    self.end = max(start, self._target.journal().end(self.timeline) or 0)
                    self._changed.notify_all()
                self._receive(cursor, stream)
        finally:
            connection.close()

    def _start(self, cursor: Any, size: int, now: int) -> int:
        """Where to go on: behind the newest whole segment. Makes the slot, or makes a lost one anew."""
        slot = self._settings.slot
        cursor.execute(f"READ_REPLICATION_SLOT {slot}")
        kind, kept, _timeline = cursor.fetchone()
        behind = self._target.journal().end_of_whole(self.timeline)
        if kind is None:
            cursor.execute(f"CREATE_REPLICATION_SLOT {slot} PHYSICAL RESERVE_WAL")
            cursor.execute(f"READ_REPLICATION_SLOT {slot}")
            kept = cursor.fetchone()[1]
            if behind is not None and kept is not None and lsn_read(kept) // size * size > behind:
                self.gap = True
        elif kept is None:
            # The server has given the slot up: the target was away for longer than it had room for.
            cursor.execute(f"DROP_REPLICATION_SLOT {slot}")
            self.gap = True
            raise BackupError("journal_lost", segment=_name(self.timeline, behind or now, size))
        least = (lsn_read(kept) if kept else now) // size * size
        if behind is not None and behind >= least:
            return behind
        if behind is not None:
            self.gap = True
        return least

    def _receive(self, cursor: Any, stream: _Stream) -> None:
        told, seen_end = 0.0, 0
        while True:
            message = cursor.read_message()
            now = time.monotonic()
            if message is not None:
                stream.take(message.data_start, message.payload)
                seen_end = max(seen_end, message.wal_end)
            if self._ending.is_set():
                stream.save_beginning()
                cursor.send_feedback(write_lsn=stream.at, flush_lsn=stream.start, force=True)
                return
            # Not at every chunk on the way there: each time the whole beginning is encrypted anew.
            wanted = self.end < self._wanted <= stream.at
            pause = (
                PATIENCE if message is None and self._wanted > self.end else self._settings.journal_seconds
            )
            if wanted or now - stream.last_save >= pause:
                stream.save_beginning()
            if self.trouble is not None:
                self._trouble(None)
            if now - told >= TELL_EVERY:
                # The answer says how far the server is.
                cursor.send_feedback(
                    write_lsn=stream.at,
                    flush_lsn=stream.start,
                    apply_lsn=stream.start,
                    reply=True,
                    force=True,
                )
                told = now
            if message is None:
                if stream.at >= max(seen_end, cursor.wal_end or 0):
                    self._note_all_received(stream.at)
                select.select([cursor], [], [], 0.25)

    def _note_all_received(self, place: int) -> None:
        """At this moment the server has nothing that we have not; it counts when it is saved."""
        with self._changed:
            now = time.time()
            if self.end >= place:
                self._marks, self.through_at = [], now
            elif not self._marks or not 0 <= now - self._marks[-1][1] < 1.0:
                self._marks.append((place, now))

    def saved(self, end: int) -> None:
        """Something new is on the target's disk."""
        with self._changed:
            self.end = max(self.end, end)
            self.saved_at = time.time()
            while self._marks and self.end >= self._marks[0][0]:
                self.through_at = self._marks.pop(0)[1]
            self._changed.notify_all()


class _Stream:
    """The segment that is being received: its bytes so far, and what of it is saved."""

    def __init__(
        self, receiver: Receiver, target: Target, recipient: x25519.Recipient, timeline: int, size: int
    ) -> None:
        self._receiver = receiver
        self._recipient = recipient
        self._timeline = timeline
        self._size = size
        self._journal = target.journal()
        self._folder = target.path / "wal" / f"{timeline:08X}"
        self._bytes = bytearray()
        self.start = self.at = self.saved = 0
        self.last_save = 0.0
        try:
            self._folder.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise of_os(error, target.path) from error

    def begin(self, start: int) -> None:
        self.start = self.at = self.saved = start
        self.last_save = time.monotonic()

    def take(self, place: int, data: bytes) -> None:
        """Add what has come; save every segment that it fills. Raises BackupError."""
        if place != self.at:
            raise BackupError(
                "unexpected", reason=f"journal came from {lsn_write(place)}, not {lsn_write(self.at)}"
            )
        self._bytes += data
        self.at += len(data)
        while len(self._bytes) >= self._size:
            self._save(bytes(self._bytes[: self._size]), whole=True)
            del self._bytes[: self._size]
            self.start += self._size

    def save_beginning(self) -> None:
        """Save what there is of the newest segment. Raises BackupError."""
        if self.at > self.saved and self._bytes:
            self._save(bytes(self._bytes), whole=False)

    def _save(self, content: bytes, *, whole: bool) -> None:
        segment = segment_name(self._timeline, self.start // self._size, self._size)
        if whole and any(each.is_whole for each in self._journal.of_segment(self._timeline, segment)):
            self._saved(len(content))  # by an earlier process that was killed before it could say so
            return
        hidden = self._folder / f"{sealing.HIDDEN}{segment}"
        hidden.unlink(missing_ok=True)
        try:
            part = sealing.seal(hidden, BytesIO(content), self._recipient)
        except BackupError:
            hidden.unlink(missing_ok=True)
            raise
        middle = "" if whole else f".partial-{len(content):08x}"
        path = self._folder / f"{segment}{middle}.{part.sha256[:DIGITS]}.age"
        sealing.place(hidden, path)
        for older in self._folder.glob(f"{segment}.partial-*"):
            if older != path:
                older.unlink(missing_ok=True)
        self._saved(len(content))

    def _saved(self, count: int) -> None:
        self.saved = self.start + count
        self.last_save = time.monotonic()
        self._receiver.saved(self.saved)

    def history_save(self, cursor: Any) -> None:
        """Save the file that says where this timeline has left the one before. Raises BackupError."""
        if any(self._folder.glob("*.history.*")):
            return
        cursor.execute(f"TIMELINE_HISTORY {self._timeline}")
        _name, content = cursor.fetchone()
        data = bytes(content) if not isinstance(content, str) else content.encode()
        hidden = self._folder / f"{sealing.HIDDEN}history"
        hidden.unlink(missing_ok=True)
        part = sealing.seal(hidden, BytesIO(data), self._recipient)
        name = f"{self._timeline:08X}.history.{part.sha256[:DIGITS]}.age"
        sealing.place(hidden, self._folder / name)


def one(cursor: Any) -> tuple[Any, ...]:
    """The row of a statement that gives one."""
    return tuple(cursor.fetchone())


def _name(timeline: int, place: int, size: int) -> str:
    return segment_name(timeline, place // size, size)


def _bytes(text: str) -> int:
    number, unit = int(text.rstrip("kMGB")), text.lstrip("0123456789")
    return number * {"B": 1, "kB": 1024, "MB": 1024**2, "GB": 1024**3}[unit]


def _database_trouble(error: psycopg2.Error) -> BackupError:
    reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    if "already been removed" in str(error):
        return BackupError("journal_lost", segment=reason)
    if "no pg_hba.conf entry" in str(error) or "permission denied" in str(error) or "must be" in str(error):
        return BackupError("replication_refused", reason=reason)
    return BackupError("database_away", reason=reason)
