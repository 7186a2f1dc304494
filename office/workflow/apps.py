from django.apps import AppConfig
from django.utils.translation import pgettext_lazy


class WorkflowConfig(AppConfig):
    name = "office.workflow"
    label = "workflow"
    verbose_name = pgettext_lazy("workflow", "Processes")

    def ready(self) -> None:
        from asp.ui.context import register_mark
        from office.workflow import audit_actions, audit_insight, todo_mark, uploads  # noqa: F401 (its sentences)
        from office.workflow import uploads_drawings as drawings

        audit_actions.register_all()
        uploads.register()
        drawings.register()
        register_mark(todo_mark.NAV, todo_mark.mark_of)
