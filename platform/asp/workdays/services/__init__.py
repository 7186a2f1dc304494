"""Every write of this app."""

from asp.workdays.services.local import hours_set, local_day_add, local_day_remove
from asp.workdays.services.national import notice_import
from asp.workdays.services.recompute import recompute_site, recompute_start

__all__ = [
    "hours_set",
    "local_day_add",
    "local_day_remove",
    "notice_import",
    "recompute_site",
    "recompute_start",
]
