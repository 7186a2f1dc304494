from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class AssuranceConfig(AppConfig):
    name = "asp.assurance"
    label = "assurance"

    def ready(self) -> None:
        autodiscover_modules("isolation_probes")
