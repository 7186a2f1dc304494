"""Processes, the queue, and what failed lately."""

import datetime
import time
from collections import Counter

from django.db.models import Count, Min
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from asp.messages.models import Message, MessageState
from tenants.models import Doorbell
from tenants.observe import alive, recent
from tenants.observe.alive import Beat
from tenants.observe.checks import Result, check, ok, warning, wrong

EXPECTED = {"web", "transfer", "worker", "provisioner", "scheduler", "relay", "realtime"}
ROUND = "scheduler-round"
ROUND_WRONG = 30.0
QUEUE_WARN, QUEUE_WRONG = 120, 900
FAILED_WARN = 1
FAILED_JOBS_WRONG = 50
SIGN_INS_WARN, SIGN_INS_WRONG = 100, 1000
DAY = 24 * 60


def expect(process: str) -> None:
    """Say that a kind of process belongs to a running host."""
    EXPECTED.add(process)


@check("processes", title=_("Processes"), order=50)
def processes() -> Result:
    """Every kind of process gives signs of life."""
    return lively(alive.living())


def lively(living: list[Beat]) -> Result:
    """Judge who lives."""
    counted = Counter(each.process for each in living)
    missing = sorted(EXPECTED - set(counted))
    if missing:
        return wrong(
            gettext_noop("No sign of life from: {missing}."),
            gettext_noop(
                "Look into the log of that process in the data folder, under logs. "
                "The supervisor starts it again by itself if it has ended."
            ),
            missing=", ".join(missing),
        )
    return ok(gettext_noop("{count} processes give signs of life."), count=sum(counted.values()))


@check("scheduler", title=_("Scheduler"), order=51)
def scheduler() -> Result:
    """The scheduler goes its rounds."""
    rounds = [each.facts[ROUND] for each in alive.living() if ROUND in each.facts]
    return turning(time.time() - max(rounds) if rounds else None)


def turning(age: float | None) -> Result:
    """Judge the time since the last round."""
    advice = gettext_noop(
        "Restart the scheduler. Until it works, nothing is sealed, no message is sent and no lost job comes back."
    )
    if age is None:
        return wrong(gettext_noop("No scheduler is at work."), advice)
    if age >= ROUND_WRONG:
        return wrong(gettext_noop("The last round was {seconds} s ago."), advice, seconds=round(age))
    return ok(gettext_noop("The scheduler goes its rounds."))


@check("queue", title=_("Waiting tasks"), order=52, url_name="jobs:list")
def queue() -> Result:
    """Nothing waits for long."""
    found = Doorbell.objects.filter(kind="job").aggregate(count=Count("id"), oldest=Min("rung_at"))
    age = (timezone.now() - found["oldest"]).total_seconds() if found["oldest"] else 0.0
    return waiting(found["count"], age)


def waiting(count: int, seconds: float) -> Result:
    """Judge how many jobs are open and since when."""
    values = {"count": count, "minutes": int(seconds // 60)}
    if not count:
        return ok(gettext_noop("No task is open."))
    text = gettext_noop("{count} tasks are open, the oldest for {minutes} minutes.")
    advice = gettext_noop(
        "If no long import or check is running, the workers are too few or hang: look at their log, raise WORKER_THREADS."
    )
    if seconds >= QUEUE_WRONG:
        return wrong(text, advice, **values)
    return warning(text, advice, **values) if seconds >= QUEUE_WARN else ok(text, **values)


@check("jobs-failed", title=_("Failed tasks"), order=53, url_name="jobs:list")
def jobs_failed() -> Result:
    """How many tasks have failed for good within a day, in all offices."""
    return failures(recent.total("job-failed", minutes=DAY))


def failures(count: int) -> Result:
    """Judge the number of failed tasks."""
    text = gettext_noop("{count} tasks have failed within 24 hours.")
    advice = gettext_noop(
        "The list of tasks shows those of the host with their reason; those of an office are in its own list. "
        "The worker's log holds the cause under the task's number."
    )
    if count >= FAILED_JOBS_WRONG:
        return wrong(text, advice, count=count)
    if count >= FAILED_WARN:
        return warning(text, advice, count=count)
    return ok(gettext_noop("No task has failed within 24 hours."))


@check("mail", title=_("Mail"), order=54)
def mail() -> Result:
    """The host's own messages leave."""
    day_ago = timezone.now() - datetime.timedelta(days=1)
    failed = Message.objects.filter(state=MessageState.FAILED, created_at__gte=day_ago).count()
    bells = Doorbell.objects.filter(kind="message").aggregate(oldest=Min("rung_at"))["oldest"]
    age = (timezone.now() - bells).total_seconds() if bells else 0.0
    return leaving(failed, age)


def leaving(failed: int, seconds: float) -> Result:
    """Judge failed messages and how long the oldest one waits."""
    advice = gettext_noop("Check SMTP_URL and whether the mail relay takes messages from this machine.")
    if seconds >= QUEUE_WRONG:
        return wrong(
            gettext_noop("Messages have been waiting for {minutes} minutes."),
            advice,
            minutes=int(seconds // 60),
        )
    if failed:
        return warning(
            gettext_noop("{count} messages could not be sent within 24 hours."), advice, count=failed
        )
    return ok(gettext_noop("Messages leave."))


@check("sign-ins", title=_("Failed sign-ins"), order=60)
def sign_ins() -> Result:
    """No burst of wrong passwords, over all offices."""
    return burst(recent.total("sign-in-failed", minutes=10))


def burst(count: int) -> Result:
    """Judge the failures of the last ten to twenty minutes."""
    text = gettext_noop("{count} sign-ins have failed within the last minutes.")
    advice = gettext_noop(
        "Somebody may be trying passwords. Accounts and sources are locked by themselves; "
        "ask the security administrators to look at the audit log."
    )
    if count >= SIGN_INS_WRONG:
        return wrong(text, advice, count=count)
    return warning(text, advice, count=count) if count >= SIGN_INS_WARN else ok(text, count=count)
