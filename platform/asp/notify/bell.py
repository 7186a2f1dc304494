"""The bell in the frame of every page."""

from typing import cast

from django.http import HttpRequest

from asp.accounts.models import Account
from asp.notify.selectors import unread_count
from asp.ui.context import Bell, url_or_empty


def bell(request: HttpRequest) -> Bell | None:
    """Where the reader's notifications are and how many are unread; None where there are none."""
    url, part = url_or_empty("notify:list"), url_or_empty("notify:bell")
    if not url or not request.user.is_authenticated:
        return None
    return Bell(url, part, unread_count(cast(Account, request.user)))
