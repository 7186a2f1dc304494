"""Background work. The public door: `@job`, `@periodic`, `job_start`, `JobRun`."""

from typing import TYPE_CHECKING, Any

from asp.jobs.registry import job, periodic

if TYPE_CHECKING:
    from asp.jobs.run import JobRun
    from asp.jobs.services import job_start

__all__ = ["JobRun", "job", "job_start", "periodic"]


def __getattr__(name: str) -> Any:
    # Late, because Django imports this package before models may be.
    if name == "job_start":
        from asp.jobs.services import job_start

        return job_start
    if name == "JobRun":
        from asp.jobs.run import JobRun

        return JobRun
    raise AttributeError(name)
