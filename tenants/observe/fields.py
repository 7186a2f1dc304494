"""What a log line says about where it came from, and what one request or job has cost so far."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from tenants.context import current_context


@dataclass
class Tally:
    """The statements of one request or job. `route` names the view or the job, never a path."""

    route: str = ""
    queries: int = 0
    seconds: float = 0.0


tally: ContextVar[Tally | None] = ContextVar("observe_tally", default=None)
job: ContextVar[str] = ContextVar("observe_job", default="")
message: ContextVar[str] = ContextVar("observe_message", default="")


def site_key() -> str:
    """Return `host`, `hall`, `content` or `b:<uuid>`; empty outside of any site."""
    site = current_context().site
    return site.key if site is not None else ""


def site_kind() -> str:
    """Return the kind of the site in force; `none` outside of any. For labels of metrics."""
    site = current_context().site
    return site.kind if site is not None else "none"


@contextmanager
def job_fields(job_id: object, name: str) -> Iterator[Tally]:
    """Everything logged and asked inside belongs to this job."""
    found = Tally(route=f"job {name}")
    tokens = job.set(str(job_id)), tally.set(found)
    try:
        yield found
    finally:
        job.reset(tokens[0])
        tally.reset(tokens[1])


@contextmanager
def message_fields(message_id: object) -> Iterator[None]:
    """Everything logged inside is about this message."""
    token = message.set(str(message_id))
    try:
        yield
    finally:
        message.reset(token)
