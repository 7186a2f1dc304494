"""Background work of the insight: the simulator."""

import datetime
import uuid
from typing import Any

from django.utils.translation import gettext_lazy as _

from asp.jobs import JobRun, job
from office.workflow.insight import simulator
from office.workflow.models import Process


@job(
    "workflow.simulate",
    title=_("Simulate the draft of {name}"),
    texts={"read": _("Reading what happened"), "play": _("Playing it through the draft")},
    attempts=2,
    cancellable=True,  # it only reads
)
def simulate(run: JobRun, *, process_id: str, first: str, last: str) -> dict[str, Any] | None:
    """Play former instances through the draft of a process; the result stays with the job."""
    process = Process.objects.select_related("current").filter(pk=uuid.UUID(process_id)).first()
    if process is None:
        return None
    return simulator.simulate(
        process,
        datetime.date.fromisoformat(first),
        datetime.date.fromisoformat(last),
        progress=lambda done, total, code: run.progress(done, total, code=code),
    )
