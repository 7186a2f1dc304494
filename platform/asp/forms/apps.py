from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FormsConfig(AppConfig):
    name = "asp.forms"
    label = "forms"
    verbose_name = _("Forms")

    def ready(self) -> None:
        from asp.forms import working_days

        working_days.register()
