"""Django configuration of the design system."""

from django.apps import AppConfig


class UiConfig(AppConfig):
    """`ui` has no tables; it draws what the other apps say."""

    name = "asp.ui"
    label = "ui"
    verbose_name = "Interface"

    def ready(self) -> None:
        """Register the system checks."""
        from asp.ui import checks  # noqa: F401  (registers by import)
