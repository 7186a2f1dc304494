"""Background work of the workflow: what its clocks want. Rows say what is left, so any of it may be killed."""

import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from asp.jobs import job, periodic
from asp.jobs.run import JobRun
from office.workflow.models import Instance
from office.workflow.services import absences, clock, waking

PORTION = 100
MOST = 20_000  # of one turn; the next one follows in seconds


def _wake_wanted() -> bool:
    return Instance.objects.filter(next_due__lte=timezone.now()).exists()


@periodic(every=15, wanted=_wake_wanted)
@job("workflow.wake", title=_("Let timers of processes go on"))
def wake(run: JobRun) -> dict[str, Any]:
    """Wake the instances whose timers are due, until there are none."""
    woken = 0
    while woken < MOST and (number := waking.wake_due(limit=PORTION)):
        woken += number
        run.progress(woken)
    return {"woken": woken}


def _remind_wanted() -> bool:
    now = timezone.now()
    return clock.remind_wanted(now) or absences.absences_waiting(now).exists()


@periodic(every=datetime.timedelta(minutes=1), wanted=_remind_wanted)
@job("workflow.remind", title=_("Remind of what is due, begin and end absences"))
def remind(run: JobRun) -> dict[str, Any]:
    """Absences first: who is reminded has it in hand."""
    followed = absences.absences_follow()
    run.check()
    return {"absences": followed, "steps": clock.remind()}
