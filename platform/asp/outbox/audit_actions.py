"""The sentences of what administrators do with messages between sites."""

from django.utils.translation import gettext_lazy as _

from asp.audit.actions import register

register("outbox.message_replayed", _("Sent a message again that had been given up: {type}"))
register("outbox.message_discarded", _("Dropped a message that had been given up: {type}. Reason: {reason}"))
register("outbox.route_checked", _("Checked the route to {name}"))
