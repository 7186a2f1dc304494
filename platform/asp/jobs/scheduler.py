"""The scheduler (调度): one loop that reads doorbells and the clock. Any number may run; one is active."""

import logging
import time
import uuid
from collections import defaultdict
from collections.abc import Callable, Sequence

from django.db import connection

from asp.jobs import bells, companions, registry, sites
from asp.jobs.bells import Answer, Bell
from asp.jobs.clock import Clock
from asp.jobs.loop import TROUBLE, Loop
from asp.jobs.places import Places
from asp.jobs.sweep import JobSweep
from tenants.context import host_context
from tenants.models import Doorbell

log = logging.getLogger(__name__)

BUSY_PAUSE = 0.1
IDLE_PAUSE = 0.5
MOST_BELLS = 2000  # of one kind in one round
MOST_BELLS_OF_A_SITE = 200
JOB = "job"


class Scheduler(Loop):
    """Runs until `stop`; survives restarts of PostgreSQL and Valkey."""

    name = "scheduler"

    def __init__(self) -> None:
        super().__init__()
        self.start_afresh()

    def beside(self) -> None:
        companions.start()

    def prepare(self) -> None:
        registry.load()

    def start_afresh(self) -> None:
        self._sweep = JobSweep()
        self._places = Places()
        self._clock = Clock()
        self._waiting: dict[uuid.UUID, float] = {}

    def work(self) -> float:
        done = self._answer_bells() + self._sweep_jobs() + self._places.step() + self._clock.step()
        return BUSY_PAUSE if done else IDLE_PAUSE

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


# A bureau with ten thousand bells must not hide the bell of another: each is heard with its oldest ones.
FAIR = """
    SELECT id, bureau_id, kind, ref, rung_at FROM (
        SELECT *, row_number() OVER (PARTITION BY bureau_id ORDER BY id) AS place
        FROM tenants_doorbell WHERE kind = %s
    ) rung WHERE place <= %s ORDER BY place, id LIMIT %s"""


def _read(kind: str) -> list[Bell]:
    with host_context(), connection.cursor() as cursor:
        cursor.execute(FAIR, [kind, MOST_BELLS_OF_A_SITE, MOST_BELLS])
        return [Bell(*row) for row in cursor.fetchall()]


def _forget(ids: "set[uuid.UUID] | frozenset[uuid.UUID]") -> None:
    if ids:
        with host_context():
            Doorbell.objects.filter(id__in=ids).delete()
