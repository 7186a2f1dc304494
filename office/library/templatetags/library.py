"""The template library `library`: icons of files, storage in words, levels of access."""

from collections.abc import Iterable

from django import template
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from asp.blobs.models import BlobState
from asp.ui.templatetags.ui import icon
from asp.ui.text import bytes_text
from office.library.models import Level, Node

register = template.Library()

ICONS = {
    "file-type-doc": ("doc", "wps"),
    "file-type-docx": ("docx",),
    "file-type-xls": ("xls", "xlsx", "et"),
    "file-type-csv": ("csv",),
    "file-type-pdf": ("pdf", "ofd"),
    "file-type-txt": ("txt",),
    "file-type-xml": ("xml",),
    "presentation": ("ppt", "pptx", "dps"),
    "photo": ("jpg", "jpeg", "png", "gif", "bmp", "webp", "tif", "tiff", "heic"),
    "file-zip": ("zip", "rar", "7z", "gz", "tar"),
    "video": ("mp4", "mov", "avi", "mkv", "webm"),
    "music": ("mp3", "wav", "flac", "m4a"),
    "file-text": ("md", "rtf", "odt"),
}
_ICON_OF = {extension: name for name, extensions in ICONS.items() for extension in extensions}


@register.simple_tag
def node_icon(node: Node) -> SafeString:
    """The icon of a folder, or of a file by what its name ends with."""
    if node.is_folder:
        return icon("folder", "is-folder")
    return icon(_ICON_OF.get(node.extension, "file"))


@register.simple_tag
def storage_bar(used: int, limit: int | None) -> dict[str, object]:
    """How full a storage is: `percent`, the class of its bar, and in words."""
    if not limit:
        return {"percent": 0, "level": "", "text": bytes_text(used)}
    percent = min(100, round(used * 100 / limit))
    level = "is-full" if percent >= 100 else "is-high" if percent >= 80 else ""
    text = gettext("{used} / {limit}").format(used=bytes_text(used), limit=bytes_text(limit))
    return {"percent": percent, "level": level, "text": text}


@register.simple_tag
def levels(current: int) -> SafeString:
    """The levels of access as options."""
    return format_html_join(
        "",
        '<option value="{}"{}>{}</option>',
        ((level.value, " selected" if level == current else "", level.label) for level in Level),
    )


@register.filter
def any_checking(nodes: Iterable[Node]) -> bool:
    """Whether the content of one of `nodes` is still being checked, so that the list looks again by itself."""
    return any(getattr(node, "blob_state", "") == BlobState.CHECKING for node in nodes)
