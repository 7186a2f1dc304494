"""Sentences of the audit log for what happens in the file centre."""

from django.utils.translation import gettext_lazy as _

from asp.audit.actions import register

ACTIONS = {
    "library.cabinet_opened": _("Opened the cabinet “{target}”"),
    "library.folder_created": _("Created the folder “{target}” in “{place}”"),
    "library.file_added": _("Added the file “{target}” ({size} bytes) to “{place}”"),
    "library.version_added": _("Added version {number} ({size} bytes) of “{target}”"),
    "library.version_restored": _(
        "Made version {old} of “{target}” the current one again, as version {number}"
    ),
    "library.file_read": _("Read “{target}”, version {number}"),
    "library.node_renamed": _("Renamed “{old}” to “{target}”"),
    "library.node_moved": _("Moved “{target}” from “{old}” to “{place}”"),
    "library.node_trashed": _("Put “{target}” with {files} files into the trash"),
    "library.node_restored": _("Took “{target}” out of the trash, to “{place}”"),
    "library.node_erased": _("Deleted “{target}” with {files} files ({size} bytes) for ever"),
    "library.access_granted_view": _("Let {subject} view “{target}”"),
    "library.access_granted_edit": _("Let {subject} edit “{target}”"),
    "library.access_granted_manage": _("Let {subject} manage “{target}”"),
    "library.access_changed_view": _("{subject} may now only view “{target}”"),
    "library.access_changed_edit": _("{subject} may now edit “{target}”"),
    "library.access_changed_manage": _("{subject} may now manage “{target}”"),
    "library.access_revoked": _("Took the access to “{target}” from {subject}"),
}


def register_all() -> None:
    """Called when Django is ready."""
    for code, sentence in ACTIONS.items():
        register(code, sentence)
