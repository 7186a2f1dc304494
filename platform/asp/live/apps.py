from django.apps import AppConfig


class LiveConfig(AppConfig):
    name = "asp.live"
    label = "live"
