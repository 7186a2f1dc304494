"""The relay in this process: order, one effect, what waits and what is given up."""

import datetime
import queue
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress

import pytest
from django.db import connection, transaction
from django.utils import timezone

from asp.outbox import addresses, consumers
from asp.outbox.models import InMessage, OutMessage
from asp.outbox.probe import ANSWER, PROBE
from asp.outbox.relay import delivery, takeover
from asp.outbox.relay import relay as relay_module
from asp.outbox.relay.models import Envelope, EnvelopeState, Pair
from asp.outbox.relay.relay import Relay, wake
from asp.outbox.relay.selectors import probes
from asp.outbox.relay.services import route_check
from asp.outbox.services import message_send
from tenants.context import bureau_context, host_context, owner_context
from tenants.models import Bureau, BureauState
from tests.support.people import TESTER

from .messages import KIND, address, noted, refusing, send, settle

pytestmark = pytest.mark.usefixtures("quiet_relay")


def envelopes(sender, receiver):
    with host_context():
        pair = Pair.objects.get(sender=address(sender), receiver=address(receiver))
        return list(Envelope.objects.filter(pair=pair).order_by("seq"))


def hurry(sender, receiver):
    """Let the pause before the next try be over."""
    with host_context():
        Pair.objects.filter(
            sender=address(sender), receiver=address(receiver), ready_at__isnull=False
        ).update(ready_at=timezone.now() - datetime.timedelta(seconds=1))


@contextmanager
def in_state(bureau, **fields):
    with host_context():
        row = Bureau.objects.get(pk=bureau.id)
        former = {name: getattr(row, name) for name in fields}
        Bureau.objects.filter(pk=row.pk).update(**fields)
    yield
    with host_context():
        Bureau.objects.filter(pk=row.pk).update(**former)


def test_messages_arrive_in_order_on_every_route(make_bureau):
    a, b = make_bureau(), make_bureau()
    routes = [(a, b), (b, a), (a, None), (None, b)]
    for sender, receiver in routes:
        send(sender, receiver, "1", "2", "3")
    settle(a, b, None)
    for sender, receiver in routes:
        assert noted(receiver, sender) == ["1", "2", "3"], (sender, receiver)
    done = envelopes(a, b)
    assert [(each.seq, each.state) for each in done] == [(n, "delivered") for n in (1, 2, 3)]
    assert {each.body for each in done} == {None}, "what bureaus told each other is not kept by the host"
    with bureau_context(a):
        assert not OutMessage.objects.exists()


def test_a_second_delivery_has_no_second_effect(make_bureau):
    """As after a crash between the receiver's commit and the relay's, if they were two."""
    a, b = make_bureau(), make_bureau()
    (sent,) = send(a, b, "once")
    settle(a)
    with host_context():
        Envelope.objects.filter(pk=sent).update(
            state=EnvelopeState.WAITING, body={"mark": "once"}, ended_at=None
        )
    with host_context():
        Pair.objects.filter(sender=address(a)).update(ready_at=timezone.now())
    settle(a)
    assert noted(b, a) == ["once"]
    assert envelopes(a, b)[0].state == EnvelopeState.DELIVERED


def test_a_poison_message_leaves_nothing_and_is_given_up(make_bureau):
    a, b, c = make_bureau(), make_bureau(), make_bureau()
    with refusing("poison"):
        send(a, b, "first", "poison", "last")
        send(c, b, "from another")
        settle(a, c)
        assert noted(b, a) == ["first"], "what was written before it raised must be gone"
        assert noted(b, c) == ["from another"], "others are not held up"
        for attempt in range(1, len(delivery.PAUSES) + 1):
            assert [(e.state, e.attempts) for e in envelopes(a, b)][1] == ("waiting", attempt)
            hurry(a, b)
            settle(a)
    assert [each.state for each in envelopes(a, b)] == ["delivered", "dead", "delivered"]
    assert noted(b, a) == ["first", "last"]
    dead = envelopes(a, b)[1]
    assert (dead.error_code, dead.error_text, dead.attempts) == (
        delivery.FAILED,
        "Poison",
        len(delivery.PAUSES) + 1,
    )
    assert dead.body == {"mark": "poison"}, "it can be sent again"


def test_a_suspended_receiver_holds_back_nobody_else(make_bureau):
    """A day long, and without costing a try."""
    a, b, c = make_bureau(), make_bureau(), make_bureau()
    with in_state(b, state=BureauState.SUSPENDED):
        send(a, b, "1", "2")
        send(a, c, "1")
        settle(a)
        assert noted(c, a) == ["1"]
        assert noted(b, a) == []
        with host_context():
            assert Pair.objects.get(receiver=address(b)).held == delivery.SUSPENDED
        for _hour in range(30):
            hurry(a, b)
            settle(a)
        assert {each.attempts for each in envelopes(a, b)} == {0}
    wake(address(b))
    settle(a)
    assert noted(b, a) == ["1", "2"]


def test_a_receiver_of_another_version_waits_for_its_upgrade(make_bureau):
    a, b = make_bureau(), make_bureau()
    with in_state(b, version="older"):
        send(a, b, "1")
        settle(a)
        assert noted(b, a) == []
        with host_context():
            assert Pair.objects.get(receiver=address(b)).held == delivery.UNDER_MAINTENANCE
    hurry(a, b)
    settle(a)
    assert noted(b, a) == ["1"]


def test_what_a_closed_office_should_get_is_given_up_with_the_reason(make_bureau):
    a, b = make_bureau(), make_bureau()
    with in_state(b, state=BureauState.CLOSED):
        send(a, b, "1")
        settle(a)
        assert [(each.state, each.error_code) for each in envelopes(a, b)] == [("dead", delivery.GONE)]


def test_two_relays_at_once_do_not_disturb_each_other(make_bureau):
    a, b = make_bureau(), make_bureau()
    marks = [str(number) for number in range(120)]
    start = threading.Barrier(2)

    def relay() -> None:
        try:
            mine = Relay()
            mine.prepare()
            start.wait(10)
            for _ in marks[::2]:
                with suppress(queue.Empty):
                    send(a, b, todo.get_nowait())
                mine.work()
        finally:
            connection.close()

    todo: queue.Queue[str] = queue.Queue()
    for mark in marks:
        todo.put(mark)
    with ThreadPoolExecutor(2) as pool:
        for each in [pool.submit(relay) for _ in range(2)]:
            each.result()
    settle(a)
    assert sorted(noted(b, a), key=int) == marks
    assert [each.seq for each in envelopes(a, b)] == sorted(each.seq for each in envelopes(a, b))


def test_a_message_of_newer_code_is_kept_until_it_is_understood(make_bureau):
    a, b = make_bureau(), make_bureau()
    (newer,) = send(a, b, "newer")
    send(a, b, "behind it")
    with host_context(), transaction.atomic():
        relay = Relay()
        relay.prepare()
    [takeover.take_over(each) for each in takeover.rung() if each.bureau_id == a.id]
    with host_context():
        Envelope.objects.filter(pk=newer).update(type="tests.noted.v9")
    settle(a)
    assert noted(b, a) == [], "order: nothing overtakes it"
    assert [(each.state, each.attempts) for each in envelopes(a, b)] == [("waiting", 0)] * 2
    with host_context():
        Envelope.objects.filter(pk=newer).update(type="tests.noted.v2")
    hurry(a, b)
    settle(a)
    assert noted(b, a) == ["newer", "behind it"]


def test_ten_thousand_of_one_bureau_do_not_hold_up_another(make_bureau):
    """Fewer here: what counts is that both have their turn in the first rounds."""
    a, b, c = make_bureau(), make_bureau(), make_bureau()
    send(a, b, *(f"{number:04d}" for number in range(1200)))
    send(c, b, "the one")
    relay = Relay()
    relay.prepare()
    relay.work()
    relay.work()
    assert noted(b, c) == ["the one"]
    settle(a, c)
    assert noted(b, a) == [f"{number:04d}" for number in range(1200)]


@pytest.mark.parametrize("hours", [1, -1])
def test_a_clock_that_jumps_an_hour_delays_nobody(make_bureau, monkeypatch, hours):
    """What was taken over before, what is sent after, and what waits for its next try."""
    a, b, c = make_bureau(), make_bureau(), make_bureau()
    relay = Relay()
    relay.prepare()
    relay.work()
    with refusing("poison"):
        send(a, c, "poison")
        settle(a)
    send(a, b, "1")
    [takeover.take_over(each) for each in takeover.rung() if each.bureau_id == a.id]
    real = timezone.now

    class Jumped:
        @staticmethod
        def now():
            return real() + datetime.timedelta(hours=hours)

    for module in (relay_module, takeover, delivery):
        monkeypatch.setattr(module, "timezone", Jumped)
    send(a, b, "2")
    relay.work()
    relay.work()
    assert noted(b, a) == ["1", "2"]
    with host_context():
        waits = Pair.objects.get(receiver=address(c)).ready_at
    if waits is not None:  # the second try was not made meanwhile
        assert waits <= Jumped.now() + datetime.timedelta(seconds=delivery.PAUSES[1])


def test_a_receiver_that_refuses_for_a_day_gets_everything_afterwards(make_bureau, monkeypatch):
    """It is there, it is asked again and again, and raises each time: nothing is given up, no order is lost."""
    a, b = make_bureau(), make_bureau()
    real, passed = timezone.now, datetime.timedelta()

    class Shifted:
        @staticmethod
        def now():
            return real() + passed

    for module in (relay_module, takeover, delivery):
        monkeypatch.setattr(module, "timezone", Shifted)

    def pause() -> datetime.timedelta:
        """How long it is until the next try."""
        with host_context():
            return Pair.objects.get(receiver=address(b)).ready_at - Shifted.now()

    day = datetime.timedelta(hours=24)
    send(a, b, "1", "2")
    with refusing("1", "2"):
        settle(a)
        while passed + pause() < day:
            passed += pause()
            settle(a)
            assert [each.state for each in envelopes(a, b)] == ["waiting"] * 2, f"given up after {passed}"
    assert noted(b, a) == []
    assert envelopes(a, b)[0].attempts > 10, "it was hardly ever asked"
    passed = day
    assert pause() <= datetime.timedelta(hours=3), "well again, it must not wait for another day"
    passed += pause()
    settle(a)
    assert noted(b, a) == ["1", "2"]


def test_many_that_are_held_back_hide_nobody(make_bureau, monkeypatch):
    """However many receivers are suspended, a round that only met those is followed by the next at once."""
    monkeypatch.setattr(relay_module, "PAIRS_IN_A_ROUND", 3)
    a, target = make_bureau(), make_bureau()
    closed = [make_bureau(state=BureauState.SUSPENDED) for _number in range(5)]
    for each in closed:
        send(a, each, "1")
    settle(a)
    for each in closed:
        hurry(a, each)
    send(a, target, "1")
    settle(a)
    assert noted(target, a) == ["1"]


def test_the_sender_is_where_the_message_was_read(make_bureau):
    """Nothing in a message can name another sender; the body is the sender's own affair."""
    a, b = make_bureau(), make_bureau()
    with bureau_context(a):
        message_send(
            to=addresses.bureau(b.id), type=KIND, body={"mark": "x", "sender": "host", "from": "host"}
        )
    settle(a)
    assert noted(b, a) == ["x"]
    assert noted(b, None) == []
    with bureau_context(b):
        assert set(InMessage.objects.values_list("sender", flat=True)) == {address(a)}


def test_a_control_without_an_inbox_is_found_broken(make_bureau, monkeypatch):
    """The same checks see it when the effect comes without its inbox row."""
    a, b = make_bureau(), make_bureau()
    monkeypatch.setattr(InMessage.objects, "bulk_create", lambda rows: rows)
    (sent,) = send(a, b, "once")
    settle(a)
    with host_context():
        Envelope.objects.filter(pk=sent).update(state=EnvelopeState.WAITING, body={"mark": "once"})
        Pair.objects.filter(sender=address(a)).update(ready_at=timezone.now())
    settle(a)
    assert noted(b, a) == ["once", "once"]


def test_a_check_of_the_route_goes_both_ways(fresh_bureau):
    with host_context():
        route_check(actor=TESTER, bureau_id=fresh_bureau.id, name=fresh_bureau.name)
    settle(None, fresh_bureau)
    with host_context():
        (probe,) = probes(fresh_bureau.id)
    assert probe.seconds is not None
    assert consumers.known(PROBE)
    assert consumers.known(ANSWER)


def test_what_was_delivered_long_ago_is_forgotten(make_bureau):
    from asp.outbox.relay.tasks import tidy

    a, b = make_bureau(), make_bureau()
    old, new = send(a, b, "old", "new")
    settle(a)
    with host_context():
        Envelope.objects.filter(pk=old).update(ended_at=timezone.now() - datetime.timedelta(days=31))

        class Run:
            def progress(self, *_numbers: int) -> None: ...

        tidy(Run())
        assert set(Envelope.objects.filter(pk__in=[old, new]).values_list("pk", flat=True)) == {new}


def test_a_stranger_as_sender_is_forgotten_with_its_bells():
    from tenants.models import Doorbell

    nobody = uuid.uuid1()
    with owner_context():
        Doorbell.objects.create(kind="outbox", bureau_id=nobody)
    settle(None)
    with host_context():
        assert not Doorbell.objects.filter(bureau_id=nobody).exists()


@pytest.mark.parametrize("state", [BureauState.OPENING, BureauState.MAINTENANCE])
def test_an_office_that_is_not_at_work_waits(make_bureau, state):
    a, b = make_bureau(), make_bureau()
    with in_state(b, state=state):
        send(a, b, "1")
        settle(a)
        assert noted(b, a) == []
    hurry(a, b)
    settle(a)
    assert noted(b, a) == ["1"]
