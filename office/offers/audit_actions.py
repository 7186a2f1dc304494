"""The sentences of what comes from the host, and what the office does with it."""

from django.utils.translation import gettext_lazy as _

from asp.accounts.audit_actions import permission_text
from asp.audit.actions import register
from office.offers.merging import part_text

register("offers.role_received", _("The host offers the role {name}, version {version}"))
register("offers.role_withdrawn", _("The host no longer offers the role {name}"))
register(
    "offers.role_accepted",
    _("Made the role {role} of version {version} of the host's template {name}; left out {left_out}"),
    words={"left_out": permission_text},
)
register("offers.role_declined", _("Declined version {version} of the host's role {name}"))
register(
    "offers.role_merged",
    _("Looked at version {version} of the host's role {name}: took over {taken}; kept {kept}"),
    words={"taken": part_text, "kept": part_text},
)
