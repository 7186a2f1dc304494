"""Background work for attachments of forms; `function.py` names this module."""

import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from asp.jobs import JobRun, job, periodic
from office.workflow.services.files import loose_erase


@periodic(every=datetime.timedelta(hours=1))
@job("workflow.loose_files", title=_("Erase attachments that no form has named"))
def loose_files(run: JobRun) -> dict[str, Any]:
    """Give up what was uploaded a day ago and not used."""
    run.check()
    return {"erased": loose_erase()}
