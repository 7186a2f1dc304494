"""The sweep (清扫): finds jobs that no worker will bring to an end by itself, and sends them again.

A job's doorbell stays until the job has ended, so nobody has to look into a thousand schemas.
"""

import datetime
import logging
import time
import uuid
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import redis
from django.utils import timezone

from asp.jobs import broker, sites
from asp.jobs.bells import Bell
from asp.jobs.dbclock import seconds_to_wait
from asp.jobs.locks import job_lock_key
from asp.jobs.models import Job, JobState

log = logging.getLogger(__name__)

FIRST_LOOK = 2.0  # by then a worker has it, or its message is lost
RUNNING_LOOK = 2.0
QUEUED_LOOK = 3.0
RESEND_ANYWAY = 60.0  # as long as Valkey knows of it, the message is most likely still under way
CLOSED_LOOK = 10.0


class JobSweep:
    """What the scheduler remembers of the jobs that are open; a new one starts with nothing and is right too."""

    def __init__(self) -> None:
        self._look_at: dict[uuid.UUID, float] = {}
        self._sent_at: dict[uuid.UUID, float] = {}

    def step(self, bells: Iterable[Bell], raw: Any) -> set[uuid.UUID]:
        """Look at what is due; return the doorbells whose jobs have ended. `raw` is for trying locks."""
        now = time.monotonic()
        due: dict[uuid.UUID | None, list[Bell]] = defaultdict(list)
        known: dict[uuid.UUID, float] = {}
        for bell in bells:
            known[bell.id] = self._look_at.get(bell.id, _first_look(bell, now))
            if known[bell.id] <= now:
                due[bell.bureau_id].append(bell)
        self._look_at = known
        self._sent_at = {bell_id: at for bell_id, at in self._sent_at.items() if bell_id in known}
        ended: set[uuid.UUID] = set()
        for bureau_id, theirs in due.items():
            ended |= self._site(bureau_id, theirs, raw)
        return ended

    def _site(self, bureau_id: uuid.UUID | None, bells: list[Bell], raw: Any) -> set[uuid.UUID]:
        key = sites.bureau_key(bureau_id)
        ended: set[uuid.UUID] = set()
        free = [bell for bell in bells if self._is_free(bell, raw)]
        if not free:
            return ended
        try:
            with sites.entered(key):
                jobs = Job.objects.annotate(wait=seconds_to_wait()).in_bulk(
                    [bell.ref for bell in free if bell.ref]
                )
        except sites.UnknownSiteError:
            log.warning("site %s is gone; %s jobs with it", key, len(free))
            return {bell.id for bell in free}
        except sites.SiteClosedError:
            for bell in free:
                self._again(bell, CLOSED_LOOK)
            return ended
        for bell in free:
            job = jobs.get(bell.ref) if bell.ref else None
            if job is None or not job.is_open:
                ended.add(bell.id)
            else:
                self._consider(bell, job, key)
        return ended

    def _is_free(self, bell: Bell, raw: Any) -> bool:
        if bell.ref is None:
            return True
        lock = job_lock_key(bell.ref)
        with raw.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [lock])
            if cursor.fetchone()[0]:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [lock])
                return True
        self._again(bell, RUNNING_LOOK)
        return False

    def _consider(self, bell: Bell, job: Job, key: str) -> None:
        wait: float = job.wait  # type: ignore[attr-defined]
        if wait > 0:
            self._again(bell, min(wait, RESEND_ANYWAY))
            return
        self._again(bell, QUEUED_LOOK)
        now = time.monotonic()
        sent = self._sent_at.get(bell.id)
        lost = job.state == JobState.RUNNING or job.run_after is not None or not self._is_known(job)
        if sent is not None and now - sent < (QUEUED_LOOK if lost else RESEND_ANYWAY):
            return
        if not lost and now - self._sent_at.setdefault(bell.id, now) < RESEND_ANYWAY:
            return
        try:
            broker.send(job.id, site_key=key, queue=job.queue, again=True)
        except (redis.RedisError, OSError) as error:
            log.warning("the queue does not answer: %s", error)
            return
        self._sent_at[bell.id] = now
        log.info("job %s %s (%s) was sent again", job.name, job.id, job.state)

    def _is_known(self, job: Job) -> bool:
        try:
            return broker.is_known(job.id, job.queue)
        except (redis.RedisError, OSError) as error:
            log.warning("the queue does not answer: %s", error)
            return True

    def _again(self, bell: Bell, seconds: float) -> None:
        self._look_at[bell.id] = time.monotonic() + seconds


def _first_look(bell: Bell, now: float) -> float:
    age = (timezone.now() - bell.rung_at) / datetime.timedelta(seconds=1)
    return now + min(max(0.0, FIRST_LOOK - age), FIRST_LOOK)
