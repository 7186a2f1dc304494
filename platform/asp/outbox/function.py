"""What messages between sites need: tables everywhere, the relay's pages on the host."""

from django.utils.translation import gettext_lazy as _

from tenants.registry import Function, NavItem, Privilege, SchemaCost

function = Function(
    code="outbox",
    title=_("Messages between sites"),
    urls={"host": "asp.outbox.relay.urls"},
    path="messages/",
    sites=("bureau", "host"),
    navigation=(
        NavItem(
            "messages",
            _("Site messages"),
            "arrows-exchange",
            "outbox:list",
            duties=("system",),
            order=70,
            sites=("host",),
        ),
    ),
    jobs=("asp.outbox.relay.tasks",),
    consumers=("asp.outbox.probe",),
    # What was said cannot be unsaid or said differently, nor what was received be received once more.
    privileges=(
        Privilege("outbox_outmessage", ("SELECT", "INSERT", "DELETE")),
        Privilege("outbox_inmessage", ("SELECT", "INSERT")),
    ),
    restored="asp.outbox.restoring.restored",
    # What has had its effect must not have it again.
    restore_keeps=("outbox_inmessage",),
    cost=SchemaCost(tables=2, indexes=2),
    order=20,
)
