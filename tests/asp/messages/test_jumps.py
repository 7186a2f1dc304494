"""Clocks that jump an hour, in both directions: no mail waits for an hour that comes twice."""

import datetime

import pytest
from django.utils import timezone

from asp.jobs.bells import Answer, Bell
from asp.messages import pauses, tasks
from asp.messages.models import Message, MessageState
from tenants.context import bureau_context

from .test_send import deliver, row, send

HOUR = datetime.timedelta(hours=1)


def wait_of(bureau, message):
    with bureau_context(bureau):
        return Message.objects.annotate(wait=pauses.seconds_to_wait()).get(id=message.id).wait


def rung(bureau, message) -> Answer:
    """What the scheduler does when the message has rung."""
    with bureau_context(bureau):
        return tasks.sending_rung([Bell(message.id, bureau.id, "message", message.id, timezone.now())])


def failed_once(bureau, relay):
    message = send(bureau)
    relay.down()
    deliver(bureau)
    relay.up()
    return message


def clock_set_back(bureau):
    """The database's clock goes back by an hour: what lay ahead lies an hour further ahead."""
    with bureau_context(bureau):
        for each in Message.objects.all():
            Message.objects.filter(id=each.id).update(next_try=each.next_try + HOUR)


@pytest.mark.parametrize("by", [HOUR, -HOUR])
def test_a_process_clock_does_not_move_the_next_try(fresh_bureau, relay, monkeypatch, by):
    real = timezone.now
    monkeypatch.setattr("django.utils.timezone.now", lambda: real() + by)
    message = failed_once(fresh_bureau, relay)
    assert 0 < wait_of(fresh_bureau, message) <= pauses.PAUSES[0]
    assert 0 < rung(fresh_bureau, message).again <= pauses.PAUSES[0]
    deliver(fresh_bureau)
    assert relay.taken == [], "not due yet"


def test_a_clock_that_was_set_back_delays_no_new_message(fresh_bureau, relay):
    message = send(fresh_bureau)
    clock_set_back(fresh_bureau)
    assert rung(fresh_bureau, message).again == tasks.LOOK_AGAIN
    deliver(fresh_bureau)
    assert row(fresh_bureau, message).state == MessageState.SENT


def test_nor_one_that_has_failed_before(fresh_bureau, relay):
    message = failed_once(fresh_bureau, relay)
    assert wait_of(fresh_bureau, message) > 0
    clock_set_back(fresh_bureau)
    assert rung(fresh_bureau, message).again == tasks.LOOK_AGAIN, "a sender is started at once"
    deliver(fresh_bureau)
    assert row(fresh_bureau, message).state == MessageState.SENT


def test_no_pause_is_taken_for_a_jump(fresh_bureau, relay):
    message = send(fresh_bureau)
    for attempts, pause in enumerate(pauses.PAUSES, start=1):
        with bureau_context(fresh_bureau):
            Message.objects.filter(id=message.id).update(attempts=attempts, next_try=pauses.after(attempts))
        assert pause - 5 < wait_of(fresh_bureau, message) <= pause
    deliver(fresh_bureau)
    assert relay.taken == []
