from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "office.notices"
    label = "notices"
