"""Sentences of the audit log."""

from django.utils.translation import gettext_lazy as _

from asp.audit.actions import register

register("blobs.secret_refused", _("Refused “{target}”: it carries a secrecy mark"), outcome="refused")
register(
    "blobs.check_failed",
    _("The stored content of “{target}” did not pass the check ({reason})"),
    outcome="failed",
)
