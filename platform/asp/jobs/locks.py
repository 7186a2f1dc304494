"""Who works on a job right now: PostgreSQL advisory locks on one connection per process.

The lock ends with the process, however it ends, so a job of a killed worker is free at once and a
worker that merely hangs keeps its job. No clock and no lease is involved.
"""

import hashlib
import logging
import threading
import uuid
from typing import Any

import psycopg2
from django.db import connections

log = logging.getLogger(__name__)

PING_SECONDS = 2.0
# The server gives up on a machine that has gone silent within about ten seconds.
SESSION = "SET tcp_keepalives_idle = 4; SET tcp_keepalives_interval = 2; SET tcp_keepalives_count = 3"
BROKEN = (psycopg2.OperationalError, psycopg2.InterfaceError)


def lock_key(name: str) -> int:
    """Return the advisory lock for `name` as a signed 64-bit integer."""
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "big", signed=True)


def job_lock_key(job_id: uuid.UUID) -> int:
    """Return the advisory lock of one job; job ids are unique across all schemas."""
    return lock_key(f"job:{job_id}")


def open_connection() -> Any:
    """Open a psycopg2 connection of our own with the login's rights only, in autocommit mode."""
    raw = psycopg2.connect(**connections["default"].get_connection_params())
    raw.autocommit = True
    with raw.cursor() as cursor:
        cursor.execute(SESSION)
    return raw


class JobLocks:
    """The jobs that this process works on."""

    def __init__(self) -> None:
        self._mutex = threading.RLock()
        self._raw: Any = None
        self._held: set[uuid.UUID] = set()
        self._watcher: threading.Thread | None = None

    def acquire(self, job_id: uuid.UUID) -> bool:
        """Take a job, unless somebody (another thread of this process included) works on it."""
        with self._mutex:
            if job_id in self._held:
                return False
            try:
                taken = self._try(job_id)
            except BROKEN:
                self._reconnect()
                taken = self._try(job_id)
            if taken:
                self._held.add(job_id)
                self._watch()
            return taken

    def release(self, job_id: uuid.UUID) -> None:
        """Give a job back."""
        with self._mutex:
            if job_id not in self._held:
                return
            self._held.discard(job_id)
            try:
                self._execute("SELECT pg_advisory_unlock(%s)", job_id)
            except BROKEN:
                log.info("job %s: the lock ended with its connection", job_id)
                self._close()

    def holds(self, job_id: uuid.UUID) -> bool:
        """Whether this process still has the job; false once a lost connection let somebody else take it."""
        with self._mutex:
            return job_id in self._held

    def close(self) -> None:
        """Give everything back and disconnect."""
        with self._mutex:
            self._held.clear()
            self._close()

    def _try(self, job_id: uuid.UUID) -> bool:
        if self._raw is None:
            self._raw = open_connection()
        return bool(self._execute("SELECT pg_try_advisory_lock(%s)", job_id))

    def _execute(self, statement: str, job_id: uuid.UUID) -> Any:
        with self._raw.cursor() as cursor:
            cursor.execute(statement, [job_lock_key(job_id)])
            return cursor.fetchone()[0]

    def _close(self) -> None:
        if self._raw is not None:
            self._raw.close()
            self._raw = None

    def _reconnect(self) -> None:
        """Open a new connection and take back what is still free; the rest is somebody else's now."""
        self._close()
        held, self._held = self._held, set()
        for job_id in held:
            if self._try(job_id):
                self._held.add(job_id)
            else:
                log.warning("job %s was taken over by another worker", job_id)

    def _watch(self) -> None:
        if self._watcher is None or not self._watcher.is_alive():
            self._watcher = threading.Thread(target=self._ping, name="job-locks", daemon=True)
            self._watcher.start()

    def _ping(self) -> None:
        """After a restart of the database take the locks again before somebody thinks the jobs are free."""
        pause = threading.Event()
        while True:
            pause.wait(PING_SECONDS)
            with self._mutex:
                if not self._held:
                    self._watcher = None
                    return
                try:
                    if self._raw is None:
                        self._reconnect()
                    else:
                        with self._raw.cursor() as cursor:
                            cursor.execute("SELECT 1")
                except BROKEN:
                    self._try_to_reconnect()

    def _try_to_reconnect(self) -> None:
        held = set(self._held)
        try:
            self._reconnect()
        except BROKEN as error:
            log.warning("job locks: the database does not answer: %s", error)
            self._held |= held
            self._close()


job_locks = JobLocks()
