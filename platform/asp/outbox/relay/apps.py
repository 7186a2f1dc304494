from django.apps import AppConfig


class OutboxRelayConfig(AppConfig):
    """Shared-schema tables of an app that has others in every bureau; only the host's role may touch them."""

    name = "asp.outbox.relay"
    label = "outbox_relay"
