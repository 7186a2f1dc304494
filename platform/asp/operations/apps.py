from django.apps import AppConfig


class OperationsConfig(AppConfig):
    name = "asp.operations"
    label = "operations"

    def ready(self) -> None:
        from asp.jobs import companions
        from asp.operations import exposer

        companions.register(exposer.start)
