from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OffersConfig(AppConfig):
    name = "office.offers"
    label = "offers"
    verbose_name = _("Offers of the host")

    def ready(self) -> None:
        from asp.accounts import origins
        from office.offers import selectors, services

        origins.register(selectors.proposed, on_removal=services.role_removed)
