"""Figures of the registry (运行数据): a bureau counts itself, the host keeps what it is told.

The host never looks into a bureau to count: each reports every five minutes by a message.
"""

import datetime
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Max, Q
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from asp.accounts.models import Account, AccountState, Session
from asp.audit import chain
from asp.audit.sealer import unsealed
from asp.blobs.quota import quota_get
from asp.jobs.models import Job, JobState
from asp.messages.models import Message, MessageState
from asp.outbox import addresses
from asp.outbox.consumers import Received, consumes
from asp.outbox.services import message_send
from provisioning.models import BureauFigures
from tenants.models import Bureau, BureauState

REPORTED = "provisioning.figures_reported"
RECENT = datetime.timedelta(hours=24)
# The sealer needs two seconds.
UNSEALED_TOO_LONG = datetime.timedelta(minutes=5)
NEARLY_FULL = 90

# What a bureau may have to say besides numbers, and what it means to the host's administrators.
PROBLEMS: dict[str, str | Promise] = {
    "jobs_failed": _("{n} background tasks failed in the last day"),
    "mail_failed": _("{n} messages could not be mailed in the last day"),
    "log_unsealed": _("{n} entries of the audit log have waited for their seal for minutes"),
    "storage_full": _("{n} % of the storage is in use"),
}


def report_send() -> None:
    """Count the current bureau and tell the host. No names, no content."""
    message_send(to=addresses.HOST, type=f"{REPORTED}.v1", body=_counted())


def _counted() -> dict[str, Any]:
    staff = Account.objects.staff().exclude(state=AccountState.DISABLED)
    people = staff.aggregate(
        people=Count("id"), active_people=Count("id", filter=Q(state=AccountState.ACTIVE))
    )
    seen = Session.objects.filter(account__isnull=False).aggregate(at=Max("last_seen_at"))["at"]
    signed_in = Account.objects.aggregate(at=Max("last_sign_in"))["at"]
    last = max(filter(None, (seen, signed_in)), default=None)
    quota = quota_get()
    return {
        **people,
        "storage_used": quota.used,
        "last_activity_at": last.isoformat() if last else None,
        "problems": {code: count for code, count in _problems(quota.percent).items() if count},
    }


def _problems(storage_percent: int) -> dict[str, int]:
    since = timezone.now() - RECENT
    first_key = chain.first_key_at(since)
    waiting = unsealed().filter(
        id__gte=first_key, id__lt=chain.first_key_at(timezone.now() - UNSEALED_TOO_LONG)
    )
    return {
        "jobs_failed": Job.objects.filter(id__gte=first_key, state=JobState.FAILED).count(),
        "mail_failed": Message.objects.filter(id__gte=first_key, state=MessageState.FAILED).count(),
        "log_unsealed": waiting.count(),
        "storage_full": storage_percent if storage_percent >= NEARLY_FULL else 0,
    }


@consumes(REPORTED, scope="host")
def figures_reported(message: Received) -> None:
    """Keep what a bureau has said of itself; an older report changes nothing."""
    bureau_id = addresses.bureau_id_of(message.sender)
    if bureau_id is None or not Bureau.objects.filter(pk=bureau_id).exists():
        return
    newer = BureauFigures.objects.filter(pk=bureau_id, reported_at__gte=message.occurred_at)
    if newer.exists():
        return
    body = message.body
    at = body.get("last_activity_at")
    BureauFigures.objects.update_or_create(
        bureau_id=bureau_id,
        defaults={
            "people": _count(body.get("people")),
            "active_people": _count(body.get("active_people")),
            "storage_used": _count(body.get("storage_used")),
            "last_activity_at": parse_datetime(at) if isinstance(at, str) else None,
            "problems": {
                code: _count(n) for code, n in dict(body.get("problems", {})).items() if code in PROBLEMS
            },
            "reported_at": message.occurred_at,
        },
    )


def _count(value: Any) -> int:
    """A number as a bureau may say it: what is none, or beyond reason, counts as nothing."""
    return value if isinstance(value, int) and 0 <= value < 2**50 else 0


@dataclass(frozen=True)
class Health:
    """How a bureau stands, for the console: the mark of `tb-state`, a word, and what is wrong."""

    mark: str
    word: str | Promise
    problems: list[str]


def health_of(bureau: Bureau) -> Health:
    """Judge a bureau by its latest report."""
    figures: BureauFigures | None = getattr(bureau, "figures", None)
    if bureau.state not in (BureauState.ACTIVE, BureauState.SETTING_UP):
        return Health("off", _("not at work"), [])
    if figures is None:
        return Health("off", _("no report yet"), [])
    problems = [str(PROBLEMS[code]).format(n=n) for code, n in figures.problems.items() if code in PROBLEMS]
    if figures.is_stale:
        return Health("bad", _("does not report"), problems)
    if problems:
        return Health("warn", _("needs attention"), problems)
    return Health("ok", _("in order"), [])
