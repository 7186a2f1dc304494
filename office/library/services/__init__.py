"""The file centre's public door. Everything else in the app is private to it."""

from office.library.selectors.access import folder_get_for, node_get_for
from office.library.selectors.usage import Usage, recent_for, usage_for
from office.library.services.cabinets import (
    cabinet_open_department,
    cabinet_open_personal,
    cabinet_open_unit,
)
from office.library.services.folders import folder_create, node_rename
from office.library.services.moving import nodes_move
from office.library.services.sharing import access_change, access_grant, access_revoke
from office.library.services.trash import Contents, contents_of, nodes_erase, nodes_restore, nodes_trash
from office.library.services.versions import file_read, file_store, version_restore

__all__ = [
    "Contents",
    "Usage",
    "access_change",
    "access_grant",
    "access_revoke",
    "cabinet_open_department",
    "cabinet_open_personal",
    "cabinet_open_unit",
    "contents_of",
    "file_read",
    "file_store",
    "folder_create",
    "folder_get_for",
    "node_get_for",
    "node_rename",
    "nodes_erase",
    "nodes_move",
    "nodes_restore",
    "nodes_trash",
    "recent_for",
    "usage_for",
    "version_restore",
]
