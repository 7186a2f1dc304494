"""Who hears what, in the realtime process."""

import asyncio

import pytest

from asp.live.realtime.hub import MOST_WAITING, RECALL_SECONDS, End, Hub, TooManyStreams
from asp.live.tickets import Ticket
from asp.live.wire import Event


def ticket(site="b:1", account="a", *audiences):
    return Ticket(site, "x.localhost", account, audiences or (f"{site}:live:account:{account}",))


def test_an_event_reaches_its_audience_only():
    hub = Hub()
    mine, other, theirs = hub.join(ticket()), hub.join(ticket(account="b")), hub.join(ticket("b:2"))
    assert hub.deliver(Event("job", "1"), ["b:1:live:account:a"]) == 1
    assert [event.key for event in mine.take()] == ["job:1"]
    assert other.take() == theirs.take() == []


def test_many_events_about_one_thing_are_one():
    hub = Hub()
    mine = hub.join(ticket())
    for number in range(1000):
        hub.deliver(Event("job", "1", str(number)), mine.ticket.audiences)
    assert [event.version for event in mine.take()] == ["999"]


def test_who_does_not_take_what_is_sent_is_let_go():
    hub = Hub()
    slow, quick = hub.join(ticket()), hub.join(ticket(account="b"))
    for number in range(MOST_WAITING + 1):
        hub.deliver(Event("job", str(number)), [*slow.ticket.audiences, *quick.ticket.audiences])
        quick.take()
    assert slow.end_reason == End.SLOW
    assert quick.end_reason is None


def test_a_new_stream_is_told_of_the_last_seconds(monkeypatch):
    moment = [1000.0]
    monkeypatch.setattr("asp.live.realtime.hub.time.monotonic", lambda: moment[0])
    hub = Hub()
    hub.heard_again()
    moment[0] += 60
    hub.deliver(Event("job", "old"), ticket().audiences)
    moment[0] += RECALL_SECONDS - 1
    hub.deliver(Event("job", "new"), ticket().audiences)
    hub.deliver(Event("job", "strange"), ticket("b:2").audiences)
    moment[0] += 2
    assert [event.id for event in hub.join(ticket()).take()] == ["new"]
    assert hub.covers() == RECALL_SECONDS


def test_after_a_gap_nothing_is_claimed_of_it():
    hub = Hub()
    hub.heard_again()
    mine = hub.join(ticket())
    hub.deaf()
    assert (mine.hearing, hub.covers()) == (False, 0.0)
    hub.heard_again()
    assert mine.hearing is True
    assert hub.covers() < 1


def test_there_is_a_limit_for_one_person_and_for_all():
    hub = Hub(most=3, most_of_one=2)
    first = hub.join(ticket())
    hub.join(ticket())
    with pytest.raises(TooManyStreams) as of_one:
        hub.join(ticket())
    hub.join(ticket("b:2"))
    with pytest.raises(TooManyStreams) as in_all:
        hub.join(ticket("b:3"))
    assert (of_one.value.of_one, in_all.value.of_one) == (True, False)
    hub.leave(first)
    hub.join(ticket())


def test_closing_waits_for_those_who_leave():
    async def close() -> None:
        hub = Hub()
        mine = hub.join(ticket())

        async def leave() -> None:
            await mine.ended.wait()
            hub.leave(mine)

        async with asyncio.TaskGroup() as group:
            group.create_task(leave())
            group.create_task(hub.close(5))
        assert mine.end_reason == End.STOPPING
        assert len(hub) == 0
        with pytest.raises(TooManyStreams):
            hub.join(ticket())

    asyncio.run(asyncio.wait_for(close(), 5))
