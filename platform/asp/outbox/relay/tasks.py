"""Background work of the relay: forgetting what was delivered long ago."""

import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from asp.jobs import JobRun, job, periodic
from asp.outbox.relay.models import Envelope, EnvelopeState

KEPT = datetime.timedelta(days=30)
BATCH = 5000


@periodic(every=datetime.timedelta(hours=6))
@job("outbox.tidy", scope="host", title=_("Forget messages delivered long ago"))
def tidy(run: JobRun) -> dict[str, int]:
    """Remove envelopes that ended a month ago, in portions; what was given up stays until somebody decides."""
    ended = Envelope.objects.filter(
        state__in=(EnvelopeState.DELIVERED, EnvelopeState.DISCARDED), ended_at__lt=timezone.now() - KEPT
    )
    removed = 0
    while ids := list(ended.values_list("id", flat=True)[:BATCH]):
        removed += Envelope.objects.filter(id__in=ids).delete()[0]
        run.progress(removed)
    return {"removed": removed}
