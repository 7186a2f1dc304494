from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProvisioningConfig(AppConfig):
    name = "provisioning"
    label = "provisioning"
    verbose_name = _("Bureaus and applications")

    def ready(self) -> None:
        from provisioning import audit_actions, form_patterns, uploads  # noqa: F401  (actions register by import)

        form_patterns.register()
        uploads.register_purposes()
