from django.apps import AppConfig


class NotifyConfig(AppConfig):
    name = "asp.notify"
    label = "notify"

    def ready(self) -> None:
        from asp.jobs.hooks import register_end_hook
        from asp.notify import kinds
        from asp.notify.bell import bell
        from asp.notify.jobs import job_ended
        from asp.ui.context import register_bell

        kinds.load()
        register_end_hook(job_ended)
        register_bell(bell)
