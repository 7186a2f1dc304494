"""What a running job sees of itself."""

import time
import uuid
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import Any

from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils import timezone

from asp.jobs import hooks
from asp.jobs.locks import job_locks
from asp.jobs.models import Job, JobState
from asp.jobs.values import jsonable

MIN_SECONDS_BETWEEN_WRITES = 0.3

# Progress must be seen while the job's own transaction is open, so it is written on another connection:
# Django has one for each thread.
_aside = ThreadPoolExecutor(max_workers=1, thread_name_prefix="job-progress")


class JobStopped(BaseException):
    """The job was cancelled, or another worker has taken it over: stop without storing anything.

    Like KeyboardInterrupt not an Exception, so that no job swallows it.
    """


class JobRun:
    """One attempt at one job; the first argument of every job function."""

    def __init__(self, job: Job, *, inline: bool) -> None:
        self.job_id: uuid.UUID = job.id
        self.attempt: int = job.attempts
        self.about: uuid.UUID | None = job.about
        self.actor_kind: str = job.actor_kind
        self.actor_id: uuid.UUID | None = job.actor_id
        self.actor_name: str = job.actor_name
        self.request_id: str = job.request_id
        self.inline = inline
        self._job = job
        self._written_at = 0.0
        self._code = job.progress_code

    def progress(
        self,
        done: int,
        total: int = 0,
        *,
        code: str = "",
        params: Mapping[str, Any] | None = None,
    ) -> None:
        """Say how far the job is: `done` of `total` (0 if unknown), and what it does (`code`, see `@job(texts=)`).

        Written at once, whatever transaction is open, though not more often than a page would ask.
        Raises JobStopped once the job has been cancelled or taken over.
        """
        now = time.monotonic()
        is_last = bool(total) and done >= total
        if not is_last and code == self._code and now - self._written_at < MIN_SECONDS_BETWEEN_WRITES:
            return
        self._written_at, self._code = now, code
        self._write(
            progress_done=done,
            progress_total=total,
            progress_code=code,
            progress_params=jsonable(dict(params or {})),
        )

    def check(self) -> None:
        """Raise JobStopped if the job should not go on; for long steps without progress to report."""
        self._write()

    def _write(self, **fields: Any) -> None:
        def update() -> int:
            rows = Job.objects.filter(id=self.job_id, attempts=self.attempt, state=JobState.RUNNING)
            return rows.update(heartbeat_at=timezone.now(), **fields)

        if self.inline:
            updated = update()
        elif not connection.in_atomic_block:
            updated = _lightly(update)
        else:
            context = copy_context()
            updated = _aside.submit(context.run, _patiently, update).result()
        if not updated or not (self.inline or job_locks.holds(self.job_id)):
            raise JobStopped(f"job {self.job_id} is no longer attempt {self.attempt} of this worker")
        if fields:
            for name, value in fields.items():
                setattr(self._job, name, value)
            hooks.changed_now(self._job)


def _patiently(update: Callable[[], int]) -> int:
    """Run on the aside thread, whose connection may have died while nothing was written."""
    try:
        return _lightly(update)
    except (OperationalError, InterfaceError):
        connection.close()
        return _lightly(update)


def _lightly(update: Callable[[], int]) -> int:
    """Run without waiting for the disk: after a crash of the database the job tells again how far it is."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL synchronous_commit TO off")
        return update()
