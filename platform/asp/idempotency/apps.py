from django.apps import AppConfig


class IdempotencyConfig(AppConfig):
    name = "asp.idempotency"
    label = "idempotency"
