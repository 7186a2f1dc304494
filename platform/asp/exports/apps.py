from django.apps import AppConfig


class ExportsConfig(AppConfig):
    name = "asp.exports"
    label = "exports"

    def ready(self) -> None:
        from asp.exports import audit_actions

        audit_actions.register_all()
