"""The scheduler (调度): one loop that reads doorbells and the clock. Any number may run; one is active."""

import logging
import threading
import time
import uuid
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

import psycopg2
import redis
from django.db import DatabaseError, InterfaceError, connection

from asp.jobs import bells, registry, sites
from asp.jobs.bells import Answer, Bell
from asp.jobs.clock import Clock
from asp.jobs.locks import lock_key, open_connection
from asp.jobs.sweep import JobSweep
from tenants.context import host_context
from tenants.models import Doorbell
from tenants.observe import alive

log = logging.getLogger(__name__)

BUSY_PAUSE = 0.1
IDLE_PAUSE = 0.5
STANDBY_PAUSE = 2.0
LONGEST_BACK_OFF = 5.0
MOST_BELLS = 2000  # of one kind in one round
JOB = "job"
LOCK = lock_key("scheduler")
TROUBLE = (DatabaseError, InterfaceError, psycopg2.Error, redis.RedisError, OSError)


class Scheduler:
    """Runs until `stop`; survives restarts of PostgreSQL and Valkey."""

    def __init__(self) -> None:
        self._stop = threading.Event()
        self._lock: Any = None
        self._start_afresh()

    def _start_afresh(self) -> None:
        self._sweep = JobSweep()
        self._clock = Clock()
        self._waiting: dict[uuid.UUID, float] = {}

    def stop(self) -> None:
        """End after the round that is under way."""
        self._stop.set()

    def run(self) -> None:
        """Work until stopped."""
        registry.load()
        back_off = 0.0
        while not self._stop.is_set():
            try:
                pause = self.round()
                alive.note("round", time.time())
                back_off = 0.0
            except TROUBLE as error:
                back_off = min(max(back_off * 2, IDLE_PAUSE), LONGEST_BACK_OFF)
                pause = back_off
                log.warning("the scheduler waits %.1f s: %s: %s", pause, type(error).__name__, error)
                self._let_go()
            self._stop.wait(pause)
        self._let_go()

    def round(self) -> float:
        """Do what is to be done now; return how many seconds to wait before the next round."""
        if not self._is_active():
            return STANDBY_PAUSE
        connection.close_if_unusable_or_obsolete()
        done = self._answer_bells() + self._sweep_jobs() + self._clock.step()
        return BUSY_PAUSE if done else IDLE_PAUSE

    def _is_active(self) -> bool:
        """Whether this process is the one that works; the lock is gone with the connection, or the process."""
        if self._lock is not None:
            with self._lock.cursor() as cursor:
                cursor.execute("SELECT 1")
            return True
        raw = open_connection()
        with raw.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
            if not cursor.fetchone()[0]:
                raw.close()
                return False
        log.info("this scheduler is active")
        self._lock = raw
        self._start_afresh()
        return True

    def _let_go(self) -> None:
        connection.close()
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def _answer_bells(self) -> int:
        done = 0
        now = time.monotonic()
        seen: set[uuid.UUID] = set()
        for kind, handler in bells.handlers().items():
            by_site: dict[uuid.UUID | None, list[Bell]] = defaultdict(list)
            for bell in _read(kind):
                seen.add(bell.id)
                if self._waiting.get(bell.id, 0.0) <= now:
                    by_site[bell.bureau_id].append(bell)
            for bureau_id, theirs in by_site.items():
                done += self._answer(handler, bureau_id, theirs)
        self._waiting = {bell_id: at for bell_id, at in self._waiting.items() if bell_id in seen}
        return done

    def _answer(
        self, handler: Callable[[Sequence[Bell]], Answer], bureau_id: uuid.UUID | None, theirs: list[Bell]
    ) -> int:
        key = sites.bureau_key(bureau_id)
        try:
            with sites.entered(key):
                answer = handler(theirs)
        except sites.UnknownSiteError:
            log.warning("site %s is gone; %s doorbells with it", key, len(theirs))
            answer = Answer.all(theirs)
        except sites.SiteClosedError as closed:
            log.info("%s: %s doorbells wait", closed, len(theirs))
            answer = Answer.later(10.0)
        except TROUBLE:
            raise
        except Exception:
            # One site's trouble must not stop all others; it comes back, and the log says why.
            log.exception("doorbells %s of %s", theirs[0].kind, key)
            answer = Answer.later(10.0)
        _forget(answer.finished)
        again = time.monotonic() + answer.again
        self._waiting.update({bell.id: again for bell in theirs if bell.id not in answer.finished})
        return len(answer.finished)

    def _sweep_jobs(self) -> int:
        ended = self._sweep.step(_read(JOB), self._lock)
        _forget(ended)
        return len(ended)


def _read(kind: str) -> list[Bell]:
    with host_context():
        rows = (
            Doorbell.objects.filter(kind=kind)
            .order_by("id")
            .values_list("id", "bureau_id", "kind", "ref", "rung_at")
        )
        return [Bell(*row) for row in rows[:MOST_BELLS]]


def _forget(ids: "set[uuid.UUID] | frozenset[uuid.UUID]") -> None:
    if ids:
        with host_context():
            Doorbell.objects.filter(id__in=ids).delete()
