"""Mails about notifications, and what is forgotten."""

import datetime
from itertools import groupby

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from asp.accounts.links import site_origin
from asp.accounts.models import Account, AccountState
from asp.jobs import JobRun, job, periodic
from asp.messages.services import Letter, message_send_many
from asp.notify import kinds
from asp.notify.models import Notification
from tenants.context import current_site

PORTION = 500
MOST_LINES = 50
KEPT = datetime.timedelta(days=180)


@periodic(every=datetime.timedelta(minutes=10))
@job("notify.mail", scope="any", title=_("Write mails about notifications"))
def mail(run: JobRun) -> dict[str, int]:
    """Write one mail to each person for whom some are due; what was read meanwhile is left out."""
    mails = 0
    while (written := _portion()) is not None:
        mails += written
        run.progress(mails)
    return {"mails": mails}


@transaction.atomic
def _portion() -> int | None:
    due = Notification.objects.filter(mail_at__lte=timezone.now()).order_by("account_id", "id")
    rows = list(due.select_for_update(skip_locked=True)[:PORTION])
    if not rows:
        return None
    people = Account.objects.in_bulk([row.account_id for row in rows])
    letters = []
    for account_id, theirs in groupby(rows, key=lambda row: row.account_id):
        unread = [row for row in theirs if row.read_at is None]
        person = people[account_id]
        if unread and person.email and person.state == AccountState.ACTIVE:
            letters.append(_letter(person, unread))
    message_send_many(letters)
    Notification.objects.filter(pk__in=[row.pk for row in rows]).update(mail_at=None)
    return len(letters)


def _letter(person: Account, rows: list[Notification]) -> Letter:
    site = current_site()
    origin = site_origin(site)
    language = person.language or (site.bureau.language if site.bureau else "") or settings.LANGUAGE_CODE
    with translation.override(language):
        lines = [
            {
                "text": kinds.sentence(row.kind, row.params),
                "url": f"{origin}/notifications/{row.pk}/" if row.url else "",
            }
            for row in rows[:MOST_LINES]
        ]
    params = {
        "name": person.name,
        "name_en": person.name_en or person.name,
        "site": site.bureau.name if site.bureau else "",
        "site_en": site.bureau.name_en if site.bureau else "",
        "count": len(rows),
        "more": max(0, len(rows) - MOST_LINES),
        "lines": lines,
        "list": f"{origin}/notifications/",
    }
    return Letter(to=person.email, template="notify.news", params=params, language=language)


@periodic(every=datetime.timedelta(days=1))
@job("notify.tidy", scope="any", title=_("Forget old notifications"))
def tidy(run: JobRun) -> dict[str, int]:
    """Remove what is older than half a year, read or not, in portions."""
    removed = 0
    old = Notification.objects.filter(created_at__lt=Now() - KEPT).order_by("id")
    while keys := list(old.values_list("id", flat=True)[:PORTION]):
        removed += Notification.objects.filter(id__in=keys).delete()[0]
        run.progress(removed)
    return {"removed": removed}
