from django.apps import AppConfig


class NotifyConfig(AppConfig):
    name = "asp.notify"
    label = "notify"
