"""What a person is told."""

from django.db.models import QuerySet

from asp.accounts.models import Account
from asp.notify.models import Notification

MOST_COUNTED = 100


def listed(account: Account, *, unread: bool = False) -> QuerySet[Notification]:
    """What stands in a person's list, newest first."""
    rows = Notification.objects.filter(account=account, listed=True).order_by("-id")
    return rows.filter(read_at=None) if unread else rows


def unread_count(account: Account) -> int:
    """How many are unread, counted up to a hundred: nobody needs to know more, and it costs the same always."""
    return listed(account, unread=True).order_by()[:MOST_COUNTED].count()
