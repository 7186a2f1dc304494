from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProvisioningConfig(AppConfig):
    name = "provisioning"
    label = "provisioning"
    verbose_name = _("Bureaus and applications")

    def ready(self) -> None:
        from provisioning import audit_actions, uploads  # noqa: F401  (actions register by import)

        uploads.register_purposes()
