"""The worker's side of the measurement of timers. It imports nothing before Django is there: another process begins here."""

import datetime
import os
import sys
import time
import uuid
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]


def wake_all(bureau_id: uuid.UUID, seconds: Any) -> None:
    """Let every timer of a bureau that is due within two hours go off; `seconds` is how long it took."""
    sys.path[:0] = [str(ROOT), str(ROOT / "platform")]
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "asp.config.settings")
    import django

    django.setup()
    from django.utils import timezone

    from office.workflow.services import wake_due
    from office.workflow.tasks import PORTION
    from tenants.context import bureau_context, host_context
    from tenants.models import Bureau

    with host_context():
        bureau = Bureau.objects.get(pk=bureau_id).ref
    begun = time.monotonic()
    with bureau_context(bureau):
        now = timezone.now() + datetime.timedelta(hours=2)
        while wake_due(limit=PORTION, now=now):
            pass
    seconds.value = time.monotonic() - begun
