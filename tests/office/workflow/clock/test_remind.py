"""Reminders, lateness and escalation: told once, by whoever does it, whatever is killed."""

import datetime
import threading
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from asp.accounts.models import Account
from asp.audit.actor import Actor
from asp.notify.models import Notification
from office.organization import services as organization
from office.workflow import services as workflow
from office.workflow.models import Event, Instance, Step, WorkItem
from office.workflow.services import clock
from office.workflow.services.clock import remind
from tenants.context import bureau_context
from tests.office.workflow.clock.world import World, at
from tests.support.people import TESTER


def told(account: Account, about: Instance) -> list[str]:
    """The kinds of what somebody was told, without that it came."""
    rows = Notification.objects.filter(account=account, about=about.pk).exclude(kind="workflow.arrived")
    return [each.removeprefix("workflow.") for each in rows.order_by("id").values_list("kind", flat=True)]


def read(account: Account) -> None:
    Notification.objects.filter(account=account).update(read_at=datetime.datetime.now(datetime.UTC))


def begun(world: World, *people: Account, **step: Any) -> tuple[Instance, Step]:
    """An instance whose step began on Monday, 2 March at ten: due on Wednesday, escalates on Friday."""
    instance = world.start(world.process(*people, **step))
    return instance, world.began(instance, at(2, 10))


def test_the_holders_hear_of_it_and_then_their_head(world: World) -> None:
    a = world.more[0]
    instance, step = begun(world, a)
    assert remind(now=at(3, 8)) == 0
    for moment in (at(3, 9), at(4, 9), at(5, 0, 1), at(6, 9), at(9, 9), at(10, 9)):
        assert remind(now=moment) == 1
        assert remind(now=moment) == 0
        read(a)
    assert told(a, instance) == ["due_soon", "due_soon", "late", "urged", "urged"]
    assert told(world.cast.head, instance) == ["escalated"]
    events = Event.objects.filter(instance=instance, kind__in=("late", "escalated")).order_by("id")
    assert [(each.kind, each.params["to"]) for each in events] == [
        ("late", [a.name]),
        ("escalated", [world.cast.head.name]),
    ]
    shown = WorkItem.objects.get(instance=instance, account=world.cast.head)
    assert (shown.kind, shown.why, shown.state) == ("read", "escalated", "open")
    step.refresh_from_db()
    assert step.told["urges"] == 2
    assert step.next_at == at(11, 9)


def test_what_was_slept_through_is_told_once(world: World) -> None:
    """The machine stood still for two weeks."""
    a = world.more[0]
    instance, _step = begun(world, a)
    assert remind(now=at(20, 10)) == 1
    assert told(a, instance) == ["late"]
    assert told(world.cast.head, instance) == ["escalated"]
    assert remind(now=at(20, 11)) == 0


def test_what_is_not_read_does_not_pile_up(world: World) -> None:
    a = world.more[0]
    instance, _step = begun(world, a)
    for day in (9, 10, 11, 12):
        remind(now=at(day, 9))
    assert told(a, instance) == ["late", "urged"]


def test_the_starter_hears_where_the_step_says_so_or_nobody_stands_above(world: World) -> None:
    a, outsider = world.more[0], world.cast.outsider
    rule = {"after": 1, "unit": "workdays", "to": "starter"}
    instance, _step = begun(world, a, escalation=rule)
    remind(now=at(9, 9))
    assert told(outsider, instance) == ["escalated"]
    assert told(world.cast.head, instance) == []
    # Nobody stands above the head of the office.
    other, _step = begun(world, world.cast.head)
    remind(now=at(9, 9))
    assert told(outsider, other) == ["escalated"]


def test_the_head_hears_once_of_many_holders(world: World) -> None:
    instance, _step = begun(world, *world.more, sign={"rule": "all", "order": "parallel"})
    remind(now=at(9, 9))
    assert told(world.cast.head, instance) == ["escalated"]
    assert WorkItem.objects.filter(instance=instance, account=world.cast.head).count() == 1


def test_nobody_hears_of_what_stands_still_or_is_done(world: World) -> None:
    a = world.more[0]
    still, step = begun(world, a)
    workflow.suspend(actor=Actor.of_account(world.cast.head), instance=still, reason="补充材料")
    step.refresh_from_db()
    assert step.next_at is None
    Step.objects.filter(pk=step.pk).update(next_at=at(3, 9))  # somebody forgot
    done, _step = begun(world, a)
    item = WorkItem.objects.get(instance=done, state="open")
    workflow.complete(actor=Actor.of_account(a), item=item, account=a, outcome="agree")
    remind(now=at(20, 10))
    assert told(a, still) == told(a, done) == []
    step.refresh_from_db()
    assert step.next_at is None


def test_a_step_that_nobody_has_is_late_as_well(world: World) -> None:
    instance = world.start(world.process(world.more[0]))
    step = world.began(instance, at(2, 10))
    WorkItem.objects.filter(instance=instance).update(state="dropped")
    assert remind(now=at(9, 9)) == 1
    assert told(world.cast.outsider, instance) == ["escalated"]
    step.refresh_from_db()
    assert step.next_at == at(10, 9)


def test_what_somebody_works_on_is_left_to_the_next_turn(world: World) -> None:
    a = world.more[0]
    busy, _step = begun(world, a)
    free, _step = begun(world, a)
    held, release = threading.Event(), threading.Event()

    def hold() -> None:
        with bureau_context(world.bureau), transaction.atomic():
            Instance.objects.select_for_update().get(pk=busy.pk)
            held.set()
            release.wait(10)
        connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    assert held.wait(10)
    try:
        assert remind(now=at(5, 9)) == 1
    finally:
        release.set()
        thread.join(10)
    assert (told(a, busy), told(a, free)) == ([], ["late"])
    assert remind(now=at(5, 9)) == 1
    assert told(a, busy) == ["late"]


def test_two_at_once_tell_each_thing_once(world: World) -> None:
    a = world.more[0]
    process = world.process(a)
    instances = [world.start(process) for _ in range(24)]
    for each in instances:
        world.began(each, at(2, 10))
    together = threading.Barrier(3)
    done: list[int] = []

    def work() -> None:
        with bureau_context(world.bureau):
            together.wait(10)
            done.append(remind(now=at(5, 9), portion=5))
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    done.append(remind(now=at(5, 9)))
    assert sum(done) == 24
    events = Event.objects.filter(instance__in=instances, kind="late")
    assert events.count() == events.values("instance_id").distinct().count() == 24
    assert all(told(a, each) == ["late"] for each in instances)


def test_one_that_dies_has_told_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    a = world.more[0]
    instance, step = begun(world, a)

    def dies(_words: object) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(clock, "announce_many", dies)
        with pytest.raises(KeyboardInterrupt):
            remind(now=at(5, 9))
    step.refresh_from_db()
    assert step.told == {}
    assert not Event.objects.filter(instance=instance, kind="late").exists()
    assert remind(now=at(5, 9)) == 1
    assert told(a, instance) == ["late"]


def test_its_statements_do_not_grow_with_the_steps(world: World) -> None:
    a = world.more[0]
    process = world.process(a, world.more[1])
    counts = []
    for number in (2, 40):
        for _ in range(number):
            world.began(world.start(process), at(2, 10))
        with CaptureQueriesContext(connection) as asked:
            assert remind(now=at(20, 10)) == number
        counts.append(len(asked))
    assert counts[1] <= counts[0] + 2
    assert counts[1] < 40


def test_the_nearest_head_hears_and_of_heads_the_one_above(world: World) -> None:
    a = world.more[0]
    section = world.cast.section
    organization.department_update(actor=TESTER, department=section, name=section.name, head=world.more[1].pk)
    try:
        instance, _step = begun(world, a)
        remind(now=at(9, 9))
        assert told(world.more[1], instance) == ["escalated"]
        other, _step = begun(world, world.more[1])
        remind(now=at(9, 9))
        assert told(world.cast.head, other) == ["escalated"]
    finally:
        organization.department_update(actor=TESTER, department=section, name=section.name, head=None)
