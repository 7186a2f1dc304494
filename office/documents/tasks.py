"""Background work of official documents."""

import datetime
from typing import Any

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from asp.exports import services as exports
from asp.jobs import JobRun, job, periodic
from office.documents import exporting, services
from office.documents.selectors.numbers import Wanted, numbers_of
from office.documents.services.numbers import lapsing


def _lapse_wanted() -> bool:
    return lapsing().exists()


@periodic(every=datetime.timedelta(minutes=30), wanted=_lapse_wanted)
@job("documents.numbers_lapse", title=_("Void reserved numbers whose day is over"))
def lapse(run: JobRun) -> dict[str, Any]:
    """Day by day, in portions."""
    lapsed = 0
    while number := services.numbers_lapse():
        lapsed += number
        run.check()
    return {"lapsed": lapsed}


@job(
    exporting.EXPORT,
    title=_("Export the register of document numbers"),
    texts=exports.TEXTS,
    cancellable=True,
)
def register_export(run: JobRun, *, wanted: dict[str, Any], language: str) -> dict[str, Any]:
    """Make the spreadsheet that somebody asked for."""
    asked = Wanted.of_params(wanted)
    with override(language):
        return exports.export_write(
            run,
            stem=_now("Document numbers"),
            sheet=_now("Numbers"),
            columns=exporting.columns(),
            rows=exporting.rows(asked),
            total=numbers_of(asked).count(),
            about=lambda count: exporting.about(asked, by=run.actor_name, count=count),
        )
