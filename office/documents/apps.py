from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DocumentsConfig(AppConfig):
    name = "office.documents"
    label = "documents"
    verbose_name = _("Official documents")

    def ready(self) -> None:
        from asp.exports import services as exports
        from office.documents import audit_actions
        from office.documents.exporting import EXPORT

        audit_actions.register_all()
        exports.known(EXPORT)
