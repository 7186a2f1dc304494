"""Absences: who gets what comes, what goes over, and what comes back."""

import datetime
import threading
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from asp.accounts.models import AccountState
from asp.audit.actor import Actor
from asp.audit.models import Entry
from asp.notify.models import Notification
from office.workflow import errors
from office.workflow import services as workflow
from office.workflow.models import Absence, Event, Instance, WorkItem
from office.workflow.selectors.absences import absences_of
from office.workflow.services.absences import (
    absence_end,
    absence_set,
    absences_follow,
    stand_in_for,
)
from tenants.context import bureau_context
from tenants.keys import uuid7
from tests.office.workflow.clock.world import World, holders

DAY = datetime.timedelta(days=1)


def away(world: World, person: Any, deputy: Any, **more: Any) -> Absence:
    """From now on for two days."""
    now = timezone.now()
    given = {"begins": now, "ends": now + 2 * DAY, **more}
    return absence_set(actor=Actor.of_account(person), account=person, deputy=deputy, **given)


def test_it_goes_to_the_deputy_with_both_names(world: World) -> None:
    a, b = world.more[:2]
    away(world, a, b)
    instance = world.start(world.process(a))
    assert holders(instance) == [(b.name, a.name)]
    item = WorkItem.objects.get(instance=instance, state="open")
    workflow.complete(actor=Actor.of_account(b), item=item, account=b, outcome="agree")
    done = Event.objects.get(instance=instance, kind="done")
    assert (done.actor_name, done.for_name) == (b.name, a.name)


def test_it_follows_deputies_of_deputies_and_ends_circles(world: World) -> None:
    a, b, c, d = world.more
    now = timezone.now()
    away(world, a, b)
    away(world, b, c)
    assert stand_in_for([a.pk, b.pk, c.pk, d.pk], at=timezone.now()) == {a.pk: c, b.pk: c}
    away(world, c, a)
    assert stand_in_for([a.pk, b.pk, c.pk], at=timezone.now()) == {}
    assert stand_in_for([a.pk], at=now - DAY) == {}


def test_a_deputy_who_has_left_does_not_get_it(world: World) -> None:
    a, b = world.more[:2]
    away(world, a, b)
    b.state = AccountState.DISABLED
    b.save(update_fields=["state"])
    try:
        assert stand_in_for([a.pk], at=timezone.now()) == {}
    finally:
        b.state = AccountState.ACTIVE
        b.save(update_fields=["state"])


def test_it_asks_with_two_statements_for_many(world: World) -> None:
    people = [each.pk for each in world.more]
    with CaptureQueriesContext(connection) as few:
        assert stand_in_for(people, at=timezone.now()) == {}
    assert len(few) == 1
    away(world, world.more[0], world.more[1])
    away(world, world.more[1], world.more[2])
    with CaptureQueriesContext(connection) as many:
        assert len(stand_in_for(people, at=timezone.now())) == 2
    assert len(many) == 2


def test_it_is_for_some_processes_alone(world: World) -> None:
    a, b, c = world.more[:3]
    one, two, three = world.process(a), world.process(a), world.process(a)
    away(world, a, b, processes=[one.pk])
    away(world, a, c, processes=[two.pk])
    assert [holders(world.start(each))[0][0] for each in (one, two, three)] == [b.name, c.name, a.name]
    assert stand_in_for([a.pk], at=timezone.now(), process_id=None) == {}


@pytest.mark.parametrize(
    "wrong",
    ["oneself", "disabled", "administrator", "no time", "past", "too long", "no process"],
)
def test_it_refuses_what_makes_no_sense(world: World, wrong: str) -> None:
    a, b = world.more[:2]
    now = timezone.now()
    given: dict[str, Any] = {"deputy": b, "begins": now, "ends": now + DAY}
    if wrong == "oneself":
        given["deputy"] = a
    elif wrong == "disabled":
        b.state = AccountState.DISABLED
        b.save(update_fields=["state"])
    elif wrong == "administrator":
        given["deputy"] = world.cast.system
    elif wrong == "no time":
        given["ends"] = now
    elif wrong == "past":
        given |= {"begins": now - 2 * DAY, "ends": now - DAY}
    elif wrong == "too long":
        given["ends"] = now + 400 * DAY
    else:
        given["processes"] = [uuid7()]
    try:
        with pytest.raises(errors.AbsenceInvalid):
            absence_set(actor=Actor.of_account(a), account=a, **given)
    finally:
        b.state = AccountState.ACTIVE
        b.save(update_fields=["state"])
    assert not Absence.objects.exists()


def test_it_refuses_a_second_one_in_the_same_time(world: World) -> None:
    a, b, c = world.more[:3]
    one = world.process(a)
    away(world, a, b)
    for more in ({}, {"processes": [one.pk]}):
        with pytest.raises(errors.AbsenceOverlaps):
            away(world, a, c, **more)
    now = timezone.now()
    away(world, a, c, begins=now + 3 * DAY, ends=now + 4 * DAY)
    assert [each.deputy for each in absences_of(a)] == [b, c]


def test_two_windows_set_one(world: World) -> None:
    a, b = world.more[:2]
    together = threading.Barrier(2)
    found: list[str] = []

    def work() -> None:
        with bureau_context(world.bureau):
            try:
                together.wait(10)
                away(world, a, b)
                found.append("set")
            except errors.AbsenceOverlaps:
                found.append("refused")
            finally:
                connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(found) == ["refused", "set"]


def test_what_is_open_goes_over_and_unread_comes_back(world: World) -> None:
    a, b = world.more[:2]
    process = world.process(a)
    read, unread = world.start(process), world.start(process)
    absence = away(world, a, b, moves=True)
    assert absence.moved_at is not None
    assert holders(read) == holders(unread) == [(b.name, a.name)]
    WorkItem.objects.filter(instance=read).update(read_at=timezone.now())
    absence_end(actor=Actor.of_account(a), absence=absence)
    assert holders(read) == [(b.name, a.name)]
    assert holders(unread) == [(a.name, "")]
    kinds = list(Event.objects.filter(instance=unread).values_list("kind", flat=True))
    assert kinds[-2:] == ["stood_in", "came_back"]
    absence.refresh_from_db()
    assert absence.ended_at is not None
    assert absence.ends <= absence.ended_at
    assert absence_end(actor=Actor.of_account(a), absence=absence).ended_at == absence.ended_at
    acts = Entry.objects.filter(action__startswith="workflow.absence").order_by("id")
    assert list(acts.values_list("action", flat=True))[-2:] == [
        "workflow.absence_set",
        "workflow.absence_ended",
    ]
    assert Notification.objects.filter(account=b, kind="workflow.deputy").exists()
    assert holders(world.start(process)) == [(a.name, "")]


def test_without_the_wish_nothing_goes_over(world: World) -> None:
    a, b = world.more[:2]
    instance = world.start(world.process(a))
    away(world, a, b)
    assert absences_follow() == 0
    assert holders(instance) == [(a.name, "")]


def test_the_clock_begins_and_ends_it_once(world: World) -> None:
    a, b = world.more[:2]
    instance = world.start(world.process(a))
    now = timezone.now()
    absence = away(world, a, b, begins=now + DAY, ends=now + 2 * DAY, moves=True)
    assert absences_follow() == 0
    assert holders(instance) == [(a.name, "")]
    assert absences_follow(now=now + DAY) == 1
    assert absences_follow(now=now + DAY) == 0
    assert holders(instance) == [(b.name, a.name)]
    assert absences_follow(now=now + 2 * DAY) == 1
    assert absences_follow(now=now + 2 * DAY) == 0
    assert holders(instance) == [(a.name, "")]
    absence.refresh_from_db()
    assert absence.ended_at == now + 2 * DAY


def test_one_called_off_before_it_began_never_was(world: World) -> None:
    a, b = world.more[:2]
    now = timezone.now()
    absence = away(world, a, b, begins=now + DAY, ends=now + 2 * DAY, moves=True)
    absence_end(actor=Actor.of_account(a), absence=absence)
    assert absences_follow(now=now + DAY + datetime.timedelta(hours=1)) == 0
    assert stand_in_for([a.pk], at=now + DAY + datetime.timedelta(hours=1)) == {}


def test_what_somebody_works_on_is_left_to_the_next_turn(world: World) -> None:
    a, b = world.more[:2]
    process = world.process(a)
    busy, free = world.start(process), world.start(process)
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
        absence = away(world, a, b, moves=True)
    finally:
        release.set()
        thread.join(10)
    assert absence.moved_at is None
    assert (holders(busy), holders(free)) == ([(a.name, "")], [(b.name, a.name)])
    assert absences_follow() == 1
    assert holders(busy) == [(b.name, a.name)]
    assert absences_follow() == 0


def test_who_is_asked_already_is_not_asked_twice(world: World) -> None:
    """Where one answer is enough; where all sign, the deputy signs for both."""
    a, b = world.more[:2]
    one = world.start(world.process(a, b))
    every = world.start(world.process(a, b, sign={"rule": "all", "order": "parallel"}))
    away(world, a, b, moves=True)
    assert sorted(holders(one)) == sorted([(a.name, ""), (b.name, "")])
    assert sorted(holders(every)) == sorted([(b.name, a.name), (b.name, "")])


def test_a_chain_goes_on_and_comes_back_to_the_first(world: World) -> None:
    a, b, c = world.more[:3]
    instance = world.start(world.process(a))
    first = away(world, a, b, moves=True)
    away(world, b, c, moves=True)
    assert holders(instance) == [(c.name, a.name)]
    absence_end(actor=Actor.of_account(a), absence=first)
    assert holders(instance) == [(a.name, "")]


def test_nothing_comes_back_to_somebody_who_has_left(world: World) -> None:
    a, b = world.more[:2]
    instance = world.start(world.process(a))
    absence = away(world, a, b, moves=True)
    a.state = AccountState.DISABLED
    a.save(update_fields=["state"])
    try:
        absence_end(actor=Actor.of_account(world.cast.head), absence=absence)
    finally:
        a.state = AccountState.ACTIVE
        a.save(update_fields=["state"])
    assert holders(instance) == [(b.name, a.name)]
