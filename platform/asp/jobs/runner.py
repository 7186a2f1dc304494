"""Taking a job, running it once, and storing how it ended."""

import logging
import random
import uuid
from enum import Enum
from typing import Any

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils import timezone, translation

from asp.jobs import hooks, registry, texts
from asp.jobs.dbclock import LONGEST_PAUSE, due, in_seconds
from asp.jobs.locks import job_locks
from asp.jobs.models import Job, JobState
from asp.jobs.run import JobRun, JobStopped
from asp.jobs.telling import told
from asp.jobs.values import jsonable
from asp.ui.errors import Unavailable, UserFacingError
from tenants.context import host_context

log = logging.getLogger(__name__)

# Beyond the job's own attempts: how many workers may die over it before it is taken for the culprit.
MOST_VANISHED = 5
# From then on it may be the culprit, and no two such jobs run at the same time: what only happened to stand
# beside the culprit is not given up with it.
SUSPECT = 2
SUSPECTS = uuid.UUID(int=0)  # the lock of those, among the locks of jobs
# A part that does not answer (storage, mail relay) is no fault of the job's: it is given this many chances,
# about twenty minutes, unless the job declares that it wants only one.
ATTEMPTS_WHILE_UNAVAILABLE = 9


class Outcome(Enum):
    """What became of one message."""

    DONE = "done"
    FAILED = "failed"
    RETRY = "retry"
    STOPPED = "stopped"
    BUSY = "busy"  # another worker has it
    OVER = "over"  # it had ended before
    EARLY = "early"  # its next attempt is not due yet
    MISSING = "missing"  # no such job on this site
    ALONE = "alone"  # taken, and no other that lost workers runs beside it


def run_job(job_id: uuid.UUID) -> Outcome:
    """Run one attempt of a job of the current site, if it is due and nobody else does.

    Never raises for what the job's function raises: that is stored in the row.
    """
    # Inside a test's transaction nobody else could see the row, so nothing may be done aside.
    inline = connection.in_atomic_block
    outcome = Outcome.BUSY
    if not inline and not job_locks.acquire(job_id):
        return Outcome.BUSY
    try:
        job, outcome = _claim(job_id, inline=inline)
        if job is None:
            return outcome
        hooks.changed(job)
        return told(job, lambda: _run(job, inline=inline))
    finally:
        if not inline:
            job_locks.release(job_id)
            if outcome == Outcome.ALONE:
                job_locks.release(SUSPECTS)


@transaction.atomic
def _claim(job_id: uuid.UUID, *, inline: bool) -> tuple[Job | None, Outcome]:
    job = Job.objects.select_for_update().annotate(is_due=due()).filter(id=job_id).first()
    now = timezone.now()
    if job is None:
        return None, Outcome.MISSING
    if not job.is_open:
        return None, Outcome.OVER
    if not job.is_due:
        return None, Outcome.EARLY
    if job.vanished >= MOST_VANISHED:
        log.error("job %s %s: %s workers vanished over it", job.name, job.id, job.vanished)
        _end(job, JobState.FAILED, error_code=texts.VANISHED)
        return None, Outcome.FAILED
    outcome = Outcome.DONE
    if job.vanished >= SUSPECT and not inline:
        if not job_locks.acquire(SUSPECTS):
            return None, Outcome.BUSY
        outcome = Outcome.ALONE
    job.state = JobState.RUNNING
    job.attempts += 1
    job.started_at = job.started_at or now
    job.heartbeat_at = now
    job.run_after = None
    job.save(update_fields=["state", "attempts", "started_at", "heartbeat_at", "run_after"])
    return job, outcome


def _run(job: Job, *, inline: bool) -> Outcome:
    run = JobRun(job, inline=inline)
    try:
        spec = registry.find(job.name)
        with translation.override(settings.LANGUAGE_CODE):
            result = spec.function(run, **job.params)
        return _end(job, JobState.DONE, result=jsonable(result))
    except JobStopped as stopped:
        log.info("%s", stopped)
        return Outcome.STOPPED
    except registry.UnknownJobError:
        log.exception("job %s %s is not declared", job.name, job.id)
        return _end(job, JobState.FAILED, error_code=texts.UNKNOWN)
    except UserFacingError as error:
        failures = job.failures + 1
        if isinstance(error, Unavailable) and failures < _chances(job):
            log.warning("job %s %s waits: %s", job.name, job.id, error.code)
            return _retry(job, failures=failures, pause=pause_before_retry(failures))
        return _end(
            job,
            JobState.FAILED,
            error_code=error.code,
            error_text=texts.source_text(error.message),
            error_params=jsonable(error.params),
        )
    except (OperationalError, InterfaceError):
        # The database went away: no fault of the job's. Its row stays as it is if that cannot be
        # written either, and the sweep finds it with its lock free.
        log.warning("job %s %s: the database went away", job.name, job.id, exc_info=True)
        connection.close()
        return _retry(job, failures=job.failures, pause=2.0)
    except Exception:
        reference = job.request_id or str(job.id)
        log.exception(
            "job %s %s failed in attempt %s, reference %s", job.name, job.id, job.attempts, reference
        )
        failures = job.failures + 1
        if failures < job.max_attempts:
            return _retry(job, failures=failures, pause=pause_before_retry(failures))
        return _end(
            job,
            JobState.FAILED,
            failures=failures,
            error_code=texts.INTERNAL,
            error_params={"reference": reference},
        )


def _chances(job: Job) -> int:
    return max(job.max_attempts, ATTEMPTS_WHILE_UNAVAILABLE) if job.max_attempts > 1 else 1


def pause_before_retry(failures: int) -> float:
    """Return the seconds to wait after so many failures: 2, 8, 32 … up to five minutes, a little uneven."""
    pause = min(2.0 * 4 ** (failures - 1), LONGEST_PAUSE / 1.2)
    return pause * random.uniform(0.8, 1.2)


def _end(job: Job, state: JobState, **fields: Any) -> Outcome:
    written = _store(job, state=state, finished_at=timezone.now(), heartbeat_at=timezone.now(), **fields)
    if not written:
        return Outcome.STOPPED
    forget_bell(job.id)
    hooks.ended(job)
    return Outcome.DONE if state == JobState.DONE else Outcome.FAILED


def _retry(job: Job, *, failures: int, pause: float) -> Outcome:
    try:
        written = _store(job, state=JobState.QUEUED, failures=failures, run_after=in_seconds(pause))
    except (OperationalError, InterfaceError):
        log.warning("job %s %s: left to the sweep", job.name, job.id)
        connection.close()
        return Outcome.RETRY
    if not written:
        return Outcome.STOPPED
    hooks.changed(job)
    return Outcome.RETRY


def _store(job: Job, **fields: Any) -> bool:
    # Only the attempt that the row stands for may end it.
    rows = Job.objects.filter(id=job.id, attempts=job.attempts, state__in=(JobState.QUEUED, JobState.RUNNING))
    try:
        written = bool(rows.update(**fields))
    except (OperationalError, InterfaceError):
        if connection.in_atomic_block:
            raise
        # The work is done, only the connection died under it: better once more than doing it twice.
        connection.close()
        written = bool(rows.update(**fields))
    if not written:
        log.warning("job %s %s: attempt %s came too late to store anything", job.name, job.id, job.attempts)
        return False
    for name, value in fields.items():
        if name != "run_after":  # the database has computed it
            setattr(job, name, value)
    return True


def forget_bell(job_id: uuid.UUID) -> None:
    """Tell the scheduler that there is nothing left to watch over; it would find out by itself later."""
    from tenants.models import Doorbell

    with host_context():
        Doorbell.objects.filter(kind="job", ref=job_id).delete()
