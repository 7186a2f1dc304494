from django.apps import AppConfig


class OperationsConfig(AppConfig):
    name = "asp.operations"
    label = "operations"
