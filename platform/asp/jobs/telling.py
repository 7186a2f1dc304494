"""What jobs tell of themselves: one log line and a few counts for each attempt, and the worker's heartbeat."""

import logging
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import dramatiq
from dramatiq.middleware import Middleware

from asp.ui import requestid
from tenants.observe import alive, fields, metrics, recent

if TYPE_CHECKING:
    from asp.jobs.models import Job
    from asp.jobs.runner import Outcome

log = logging.getLogger("asp.jobs.attempts")


def told(job: "Job", attempt: Callable[[], "Outcome"]) -> "Outcome":
    """Run one attempt; what is logged inside names the job and the request that asked for it."""
    token = requestid.current.set(job.request_id or "-")
    begun = time.perf_counter()
    alive.add("jobs", 1)
    try:
        with fields.job_fields(job.id, job.name) as tally:
            outcome = attempt()
            seconds = time.perf_counter() - begun
            line = {
                "name": job.name,
                "outcome": outcome.value,
                "attempt": job.attempts,
                "ms": round(seconds * 1000, 1),
                "queries": tally.queries,
                "query_ms": round(tally.seconds * 1000, 1),
            }
            log.info("job", extra={"fields": line})
    finally:
        alive.add("jobs", -1)
        requestid.current.reset(token)
    metrics.jobs.labels(metrics.PROCESS, job.name, outcome.value).inc()
    metrics.job_seconds.labels(metrics.PROCESS, job.name).inc(seconds)
    if outcome.value == "failed":
        recent.count("job-failed")
    return outcome


class Heartbeat(Middleware):
    """Begins in the worker process itself; the one that starts it only watches."""

    def after_process_boot(self, broker: dramatiq.Broker) -> None:
        """Called once in each worker process."""
        alive.start()
