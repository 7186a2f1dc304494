"""Pages that show a job hear when it gets on."""

from asp.jobs.models import Job
from asp.live import audiences
from asp.live.services import publish


def job_changed(job: Job) -> None:
    """Tell whoever started the job, and the system administrators, who see all jobs."""
    to = [audiences.duty("system")]
    if job.actor_id is not None:
        to.append(audiences.account(job.actor_id))
    publish(kind="job", id=job.id, version=f"{job.state}.{job.progress_done}", to=to)
