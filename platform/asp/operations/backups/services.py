"""What administrators do with backups, and what the backup process writes down."""

from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from asp.audit.actor import Actor
from asp.audit.services import record
from asp.live import audiences
from asp.live.services import publish
from asp.operations.models import REPORT_ID, BackupKind, BackupReport, BackupRequest
from asp.ui.errors import Conflict


class NotSetUp(Conflict):
    """No backup process belongs to this host."""

    code = "operations.backups_not_set_up"
    message = _("Backups are not set up on this host.")


@transaction.atomic
def backup_request(*, actor: Actor, kind: str = BackupKind.BASE) -> BackupRequest:
    """Ask the backup process for a backup now; the wish is on record. Raises NotSetUp.

    A wish that was not taken yet stands for the second one, too.
    """
    if not settings.ASP.backup:
        raise NotSetUp
    wish = BackupRequest(kind=kind)
    BackupRequest.objects.bulk_create([wish], ignore_conflicts=True)
    found = BackupRequest.objects.filter(kind=kind, taken_at=None).first()
    if found is None or found.pk != wish.pk:
        return found or wish
    record(actor=actor, action="operations.backup_requested", params={"kind": kind})
    return wish


@transaction.atomic
def requests_take() -> list[str]:
    """Take what was asked for; return the kinds. For the backup process."""
    waiting = list(BackupRequest.objects.select_for_update(skip_locked=True).filter(taken_at=None))
    if waiting:
        now = timezone.now()
        BackupRequest.objects.filter(pk__in=[each.pk for each in waiting]).update(taken_at=now)
    return [each.kind for each in waiting]


@transaction.atomic
def report_keep(*, report: dict[str, Any]) -> None:
    """Keep what the backup process says of itself, and tell the pages that show it."""
    BackupReport.objects.update_or_create(
        pk=REPORT_ID, defaults={"report": report, "said_at": timezone.now()}
    )
    publish(kind="backup", to=[audiences.duty("system")])
