"""The sentences of the log's own acts."""

from django.utils.translation import gettext_lazy as _

from asp.audit.actions import register
from asp.audit.filtering import said

EXPORTED = {"filter": said}

register("audit.verified", _("Checked the audit log: {sealed} sealed entries, all in order"))
register(
    "audit.tampering_found",
    _("Checked the audit log: {findings} signs of changes in {sealed} sealed entries"),
    outcome="failed",
)
register("audit.heads_exported", _("Downloaded the signed ends of the audit log"))
register("audit.office_upgraded", _("The office was brought from version {before} to {after}"))
register("audit.export_asked", _("Asked for an export of the audit log ({kind}): {filter}"), words=EXPORTED)
register(
    "audit.exported",
    _("Exported {entries} entries of the audit log to {target}: {filter}"),
    words=EXPORTED,
)
register("audit.export_fetched", _("Downloaded the export {target}"))
