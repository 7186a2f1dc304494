from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LibraryConfig(AppConfig):
    name = "office.library"
    label = "library"
    verbose_name = _("File centre")

    def ready(self) -> None:
        from asp.search import kinds
        from office.library import audit_actions, uploads

        audit_actions.register_all()
        uploads.register()
        kinds.register(kinds.SearchKind("library.file", _("Files"), "file", order=10))
        kinds.register(kinds.SearchKind("library.folder", _("Folders"), "folder", order=20))
