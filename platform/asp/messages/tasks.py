"""Sending: a doorbell per message, one job per site at a time, several messages on one connection."""

import logging
import uuid
from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from asp.jobs import JobRun, job, job_start
from asp.jobs.bells import Answer, Bell, answers
from asp.jobs.clock import ClockActor
from asp.messages import pauses, rendering
from asp.messages.channels import MailChannel, NotAtAll, NotNow, relay_configured
from asp.messages.links import LinkGoneError, link_address
from asp.messages.models import Message, MessageState
from tenants.context import current_site
from tenants.observe.fields import message_fields

log = logging.getLogger(__name__)

BATCH = 200
LOOK_AGAIN = 2.0
LONGEST_LOOK = 60.0


@answers("message")
def sending_rung(bells: Sequence[Bell]) -> Answer:
    """Start the sender on the site that rang, if something is due; forget what has been dealt with."""
    refs = [bell.ref for bell in bells if bell.ref]
    waiting = Message.objects.filter(id__in=refs, state=MessageState.QUEUED)
    waits = dict(waiting.annotate(wait=pauses.seconds_to_wait()).values_list("id", "wait"))
    finished = frozenset(bell.id for bell in bells if bell.ref not in waits)
    if not waits:
        return Answer(finished)
    seconds = min(waits.values())
    if seconds > 0:
        return Answer(finished, min(seconds, LONGEST_LOOK))
    with transaction.atomic():
        job_start(actor=ClockActor(), job=send_waiting, key="messages.send")
    return Answer(finished, LOOK_AGAIN)


@job("messages.send", title=_("Send waiting messages"), scope="any")
def send_waiting(run: JobRun) -> dict[str, int]:
    """Send the messages of the current site that are due; what fails for now is tried again later."""
    counts = {"sent": 0, "failed": 0, "later": 0}
    if not relay_configured():
        return counts
    due = Message.objects.filter(pauses.due(), state=MessageState.QUEUED).order_by("next_try")
    ids = list(due.values_list("id", flat=True)[:BATCH])
    try:
        with MailChannel() as channel:
            for number, message_id in enumerate(ids):
                with message_fields(message_id):
                    outcome = send_one(message_id, channel)
                if outcome:
                    counts[outcome] += 1
                run.progress(number + 1, len(ids))
    except NotNow as error:
        # The relay itself is away: one try for each message, without knocking two hundred times.
        for message_id in ids:
            counts["later"] += postpone(message_id, str(error))
    return counts


@transaction.atomic
def send_one(message_id: uuid.UUID, channel: MailChannel) -> str:
    """Send one message, locked while it is under way; return what became of it, or "" if it was not due."""
    message = (
        Message.objects.select_for_update(skip_locked=True)
        .filter(pauses.due(), id=message_id, state=MessageState.QUEUED)
        .first()
    )
    if message is None:
        return ""
    message.attempts += 1
    try:
        link = link_address(message.link) if message.link else ""
        text = rendering.render(message.template, message.language, message.params, link=link)
        channel.send(
            to=message.address, text=text, message_id=str(message.id), sender_name=_sender_name(message)
        )
    except LinkGoneError:
        return _refused(message, "the link is no longer good")
    except NotAtAll as error:
        return _refused(message, str(error))
    except NotNow as error:
        return _put_off(message, str(error))
    except Exception:
        # A template with a fault: the others still go out, this one says so.
        log.exception("message %s (%s) cannot be made", message.id, message.template)
        return _refused(message, "the message could not be made; see the log")
    message.state = MessageState.SENT
    message.sent_at = timezone.now()
    message.error = ""
    message.save(update_fields=["state", "sent_at", "error", "attempts"])
    return "sent"


@transaction.atomic
def postpone(message_id: uuid.UUID, error: str) -> int:
    """Note a try that failed for want of a relay; return 1 if the message still waits."""
    message = (
        Message.objects.select_for_update(skip_locked=True)
        .filter(pauses.due(), id=message_id, state=MessageState.QUEUED)
        .first()
    )
    if message is None:
        return 0
    message.attempts += 1
    return int(_put_off(message, error) == "later")


def _put_off(message: Message, error: str) -> str:
    if message.attempts > len(pauses.PAUSES):
        return _refused(message, error)
    message.next_try = pauses.after(message.attempts)  # type: ignore[assignment]  # the database's clock tells
    message.error = error[:300]
    message.save(update_fields=["next_try", "error", "attempts"])
    return "later"


def _refused(message: Message, error: str) -> str:
    message.state = MessageState.FAILED
    message.error = error[:300]
    message.save(update_fields=["state", "error", "attempts"])
    return "failed"


def _sender_name(message: Message) -> str:
    bureau = current_site().bureau
    if bureau is None:
        return "Tongban" if message.language == "en" else "通办"
    return (bureau.name_en or bureau.name) if message.language == "en" else bureau.name
