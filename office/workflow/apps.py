from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WorkflowConfig(AppConfig):
    name = "office.workflow"
    label = "workflow"
    verbose_name = _("Processes")

    def ready(self) -> None:
        from office.workflow import audit_actions

        audit_actions.register_all()
