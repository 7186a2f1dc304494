from django.apps import AppConfig


class LiveConfig(AppConfig):
    name = "asp.live"
    label = "live"

    def ready(self) -> None:
        from asp.jobs.hooks import register_change_hook
        from asp.live.jobs import job_changed

        register_change_hook(job_changed)
