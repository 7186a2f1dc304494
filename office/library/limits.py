"""The limit of a personal cabinet. The bureau's own quota is kept by `asp.blobs`."""

from django.db.models import QuerySet, Sum

from asp.ui.text import bytes_text
from office.library.errors import PersonalLimit
from office.library.models import Cabinet, Version


def used_in(cabinet: Cabinet) -> int:
    """Bytes of all versions in a cabinet, the trash included."""
    return size_of(Version.objects.filter(file__cabinet=cabinet))


def size_of(versions: "QuerySet[Version]") -> int:
    """Bytes of `versions`. One that was restored from an older one shares its content and counts nothing."""
    return versions.filter(restored_from=None).aggregate(total=Sum("size"))["total"] or 0


def personal_check(cabinet: Cabinet, *, adding: int) -> None:
    """Raise PersonalLimit if `adding` bytes do not fit. Exact while the cabinet's row is locked."""
    if cabinet.limit is None:
        return
    used = used_in(cabinet)
    if used + adding > cabinet.limit:
        raise PersonalLimit(params={"used": bytes_text(used), "limit": bytes_text(cabinet.limit)})
