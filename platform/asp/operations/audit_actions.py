"""The sentences of what administrators do here."""

from django.utils.translation import gettext_lazy as _

from asp.audit.actions import register
from asp.operations.models import BackupKind


def _kind(code: str) -> object:
    return BackupKind(code).label if code in BackupKind.values else code


register("operations.backup_requested", _("Asked for a backup now: {kind}"), words={"kind": _kind})  # type: ignore[dict-item]
