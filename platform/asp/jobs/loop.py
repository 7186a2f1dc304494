"""A loop that runs in a process of its own: any number may be started, one is active at a time.

Who is active holds an advisory lock on a connection of its own: it is free again the moment the process
ends, however it ends. Restarts of PostgreSQL and Valkey are waited out.
"""

import logging
import signal
import threading
import time
from types import FrameType
from typing import Any

import psycopg2
import redis
from django.core.management.base import BaseCommand
from django.db import DatabaseError, InterfaceError, connection

from asp.jobs.locks import lock_key, open_connection
from tenants.observe import alive

log = logging.getLogger(__name__)

STANDBY_PAUSE = 2.0
FIRST_BACK_OFF = 0.5
LONGEST_BACK_OFF = 5.0
TROUBLE = (DatabaseError, InterfaceError, psycopg2.Error, redis.RedisError, OSError)


class Loop:
    """Runs `work` again and again until `stop`. Subclasses say what one round does."""

    name = "loop"

    def __init__(self) -> None:
        self._stop = threading.Event()
        self._lock: Any = None

    def beside(self) -> None:
        """Start what runs beside the loop in threads of its process; must return at once."""
        alive.start()

    def prepare(self) -> None:
        """Called once before the first round."""

    def start_afresh(self) -> None:
        """Called when this process becomes the active one: forget what was remembered."""

    def work(self) -> float:
        """Do what is to be done now; return how many seconds to wait before the next round."""
        raise TypeError(f"{type(self).__name__} does no work")

    def stop(self) -> None:
        """End after the round that is under way."""
        self._stop.set()

    @property
    def is_stopping(self) -> bool:
        """Whether somebody has asked for the end; long rounds look now and then."""
        return self._stop.is_set()

    def run(self) -> None:
        """Work until stopped."""
        self.prepare()
        back_off = 0.0
        while not self._stop.is_set():
            try:
                pause = self.round()
                alive.note(f"{self.name}-round", time.time())
                back_off = 0.0
            except TROUBLE as error:
                back_off = min(max(back_off * 2, FIRST_BACK_OFF), LONGEST_BACK_OFF)
                pause = back_off
                log.warning("the %s waits %.1f s: %s: %s", self.name, pause, type(error).__name__, error)
                self.let_go()
            self._stop.wait(pause)
        self.let_go()

    def round(self) -> float:
        """One round, if this process is the active one."""
        if not self._is_active():
            return STANDBY_PAUSE
        connection.close_if_unusable_or_obsolete()
        return self.work()

    def let_go(self) -> None:
        """Give up the lock and the connections."""
        connection.close()
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def _is_active(self) -> bool:
        if self._lock is not None:
            with self._lock.cursor() as cursor:
                cursor.execute("SELECT 1")
            return True
        raw = open_connection()
        with raw.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [lock_key(self.name)])
            if not cursor.fetchone()[0]:
                raw.close()
                return False
        log.info("this %s is active", self.name)
        self._lock = raw
        self.start_afresh()
        return True


class LoopCommand(BaseCommand):
    """A `manage.py` command that runs a loop until SIGTERM or Ctrl-C."""

    loop: type[Loop]
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        running = self.loop()

        def stop(_signum: int, _frame: FrameType | None) -> None:
            running.stop()

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
        running.beside()
        running.run()
