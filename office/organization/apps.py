from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OrganizationConfig(AppConfig):
    name = "office.organization"
    label = "organization"
    verbose_name = _("Organization")

    def ready(self) -> None:
        from office.organization import audit_actions, form_directories, pickers, uploads

        audit_actions.register()
        form_directories.register()
        pickers.register()
        uploads.register()
