from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "asp.outbox"
    label = "outbox"
