"""What the audit log offers to office and host console."""

from django.utils.translation import gettext_lazy as _

from tenants.registry import Function, NavItem, Privilege, SchemaCost

function = Function(
    code="audit",
    title=_("Audit log"),
    urls="asp.audit.urls",
    path="audit/",
    sites=("bureau", "host"),
    navigation=(
        NavItem("audit", _("Audit log"), "history", "audit:entry-list", duties=("audit",), order=90),
    ),
    upgraded="asp.audit.lifecycle.upgraded",
    jobs=("asp.audit.tasks",),
    privileges=(
        Privilege("audit_entry", ("SELECT", "INSERT")),
        Privilege("audit_seal", ("SELECT", "INSERT")),
    ),
    # The log goes on: what happened is not undone by what is restored, and the chain stays whole.
    restore_keeps=("audit_entry", "audit_seal"),
    cost=SchemaCost(tables=2, indexes=3),
    order=20,
)
