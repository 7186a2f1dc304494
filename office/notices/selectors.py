"""Reading notices; everybody who is signed in may."""

import uuid

from django.http import Http404

from office.notices.models import HostNotice, NoticeQuerySet

ON_THE_WORKBENCH = 3


def notice_list() -> NoticeQuerySet:
    """Notices that stand, important ones first."""
    return HostNotice.objects.shown().order_by("-important", "-id")


def notice_get(notice_id: uuid.UUID) -> HostNotice:
    """One notice that stands, or Http404."""
    found = HostNotice.objects.shown().filter(pk=notice_id).first()
    if found is None:
        raise Http404
    return found


def latest() -> list[HostNotice]:
    """The few that the workbench shows."""
    return list(notice_list().defer("text", "text_en")[:ON_THE_WORKBENCH])
