"""The sentences of the log's own acts."""

from django.utils.translation import gettext_lazy as _

from asp.audit.actions import register

register("audit.verified", _("Checked the audit log: {sealed} sealed entries, all in order"))
register(
    "audit.tampering_found",
    _("Checked the audit log: {findings} signs of changes in {sealed} sealed entries"),
)
register("audit.heads_exported", _("Downloaded the signed ends of the audit log"))
register("audit.office_upgraded", _("The office was brought from version {before} to {after}"))
