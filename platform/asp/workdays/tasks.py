"""Background work: open deadlines follow the calendar, in every office and on the host."""

import datetime

from django.utils.translation import gettext_lazy as _

from asp.audit.actor import Actor
from asp.jobs import sites
from asp.jobs.registry import job, periodic
from asp.jobs.run import JobRun
from asp.workdays.services.recompute import recompute_site, recompute_start
from tenants.context import bureau_context


@periodic(every=datetime.timedelta(days=1))
@job("workdays.recompute", scope="any", title=_("Recompute open deadlines after the calendar changed"))
def recompute(run: JobRun) -> dict[str, int]:
    """Recompute what the calendar's changes concern. Daily as well, for sites that were closed when it changed."""
    return {"moved": recompute_site(actor=Actor.of_job(run), progress=run.progress)}


@job(
    "workdays.spread",
    scope="host",
    title=_("Recompute open deadlines in all offices"),
    texts={"offices": _("Telling the offices")},
)
def spread(run: JobRun, number: int) -> dict[str, int]:
    """Ask every working office, and the host, to follow change `number` of the calendar."""
    recompute_start(actor=Actor.of_job(run))
    bureaus = sites.working_bureaus()
    for done, bureau in enumerate(bureaus):
        run.progress(done, len(bureaus), code="offices")
        with bureau_context(bureau):
            recompute_start(actor=Actor.system("host"))
    run.progress(len(bureaus), len(bureaus), code="offices")
    return {"number": number, "offices": len(bureaus)}
