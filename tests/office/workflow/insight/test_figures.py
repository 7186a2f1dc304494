"""The figures of the story, compared with those worked out by hand (hours in brackets: elapsed, worked).

one    first 2 h (2, 2), second Mon 11:00 – Wed 10:00 (47, 13), late; completed after 49 h
two    first Fri 16:00 – Mon 10:00 (66, 2), second (5, 4), disagreed: completed after 71 h
three  first (1, 1), second sent back at 14:00, first again (1, 1), second (2, 2); completed after 8 h
four   at the first since Wednesday, due on Thursday
"""

import datetime
import re
import uuid

import pytest
import time_machine
from django.db.models import Q

from asp.audit.actor import Actor
from office.workflow import services as workflow
from office.workflow.insight import figures, statements
from office.workflow.insight.figures import Reading, Week
from office.workflow.insight.report import overview, report, squeezed
from office.workflow.insight.scope import Scope, period
from office.workflow.models import Event, Instance, Process, Step
from office.workflow.models.instances import COUNTED_KINDS
from tests.office.workflow.insight.story import HOUR, NOW, at, step, steps_of

MARCH = (datetime.date(2026, 3, 1), datetime.date(2026, 3, 31))


def scope_of(story, first=MARCH[0], last=MARCH[1], departments=None) -> Scope:
    return Scope(first, last, story.process.pk, departments)


@pytest.fixture
def found(world):
    return report(Process.objects.select_related("current").get(pk=world.process.pk), scope_of(world), NOW)


def test_how_many(found):
    counts = found.counts
    assert (counts.running, counts.suspended, counts.late) == (1, 0, 1)
    assert (counts.started, counts.completed, counts.cancelled) == (4, 3, 0)
    assert counts.duration.median == 49 * HOUR
    assert counts.duration.p90 == pytest.approx((49 + 0.8 * 22) * HOUR)
    assert (counts.with_deadline, counts.done_late, counts.punctual) == (7, 1, 86)


def test_what_is_counted_is_what_the_index_has():
    """The index over events has these kinds alone; a statement that names others would read every event."""
    (listed,) = re.findall(r"e\.kind IN \(([^)]*)\)", statements.EVENTS)
    assert tuple(re.findall(r"'(\w+)'", listed)) == COUNTED_KINDS
    (index,) = [each for each in Event._meta.indexes if each.name == "workflow_event_counted"]
    assert index.condition == Q(kind__in=list(COUNTED_KINDS))


def test_week_by_week(found):
    assert [(each.first.day, each.started, each.completed) for each in found.weeks] == [
        (23, 0, 0), (2, 2, 1), (9, 2, 2), (16, 0, 0), (23, 0, 0), (30, 0, 0),
    ]  # fmt: skip
    assert found.weeks[1] == Week(datetime.date(2026, 3, 2), 2, 1)


def test_where_it_waits(found):
    (only,) = found.waiting
    assert (only.place, only.count, only.late, only.stranded) == ("first", 1, 1, 0)
    assert only.oldest == at(11, 9)


def test_time_per_step(found):
    steps = {each.place: each for each in found.steps}
    first, second = steps["first"], steps["second"]
    assert (first.count, second.count) == (4, 3)
    assert first.elapsed.median == 1.5 * HOUR
    assert first.elapsed.p90 == pytest.approx((2 + 0.7 * 64) * HOUR)
    assert (first.worked.median, first.worked.p90) == (1.5 * HOUR, 2 * HOUR)
    assert second.elapsed.median == 5 * HOUR
    assert second.elapsed.p90 == pytest.approx((5 + 0.8 * 42) * HOUR)
    assert second.worked.median == 4 * HOUR
    assert (first.with_deadline, first.late, second.with_deadline, second.late) == (4, 0, 3, 1)
    assert (first.returned, second.returned, second.returned_share) == (0, 1, 0.25)
    # Opened an hour before it was done: of the second's four visits 46, 4, 1 and, never opened, 4 hours.
    assert first.unopened == 0.5 * HOUR
    assert second.unopened == 4 * HOUR


def test_ways_from_step_to_step(found):
    ways = {(each.source, each.target): each for each in found.ways}
    assert {key: each.count for key, each in ways.items()} == {
        ("", "first"): 3,
        ("first", "second"): 4,
        ("second", "first"): 1,
    }
    assert [key for key, each in ways.items() if each.back] == [("second", "first")]
    assert ways["first", "second"].waited == 4 * HOUR


def test_variants(found):
    plain, back = found.variants.rows
    assert (plain.path, plain.count, plain.reworked) == (("first", "second"), 2, False)
    assert back.path == ("first", "second", "first", "second")
    assert (back.count, back.reworked, back.elapsed, back.worked) == (1, True, 8 * HOUR, 7 * HOUR)
    assert plain.elapsed == 60 * HOUR
    assert (found.variants.total, found.variants.different, found.variants.reworked) == (3, 2, 1)
    assert found.variants.rework == pytest.approx(1 / 3)
    assert found.returns == 1


def test_people_and_departments(world, found):
    people = {each.name: each for each in found.people}
    head, clerk = people[world.cast.head.name], people[world.cast.clerk.name]
    assert (head.open, head.overdue, head.done, head.late) == (1, 1, 4, 0)
    assert head.oldest == at(13, 0)
    assert (clerk.open, clerk.overdue, clerk.done, clerk.late) == (0, 0, 4, 1)
    assert (head.hint, clerk.hint) == (world.cast.office.name, world.cast.section.name)
    assert [(each.name, each.overdue) for each in found.departments] == [
        (world.cast.office.name, 1),
        (world.cast.section.name, 0),
    ]


def test_a_period_narrows_it_down(world):
    scope = scope_of(world, datetime.date(2026, 3, 9), datetime.date(2026, 3, 9))
    found = report(Process.objects.get(pk=world.process.pk), scope, NOW)
    assert (found.counts.started, found.counts.completed) == (0, 1)
    assert {each.place: each.count for each in found.steps} == {"first": 1, "second": 1}
    assert {(each.source, each.target) for each in found.ways} == {("", "first"), ("first", "second")}
    assert found.variants.total == 1
    assert found.counts.running == 1  # now, whatever the period


def test_a_department_narrows_it_down(world):
    process = Process.objects.get(pk=world.process.pk)
    here = frozenset((world.cast.section.pk,))
    assert report(process, scope_of(world, departments=here), NOW).counts.started == 4
    elsewhere = frozenset((uuid.UUID(int=1),))
    found = report(process, scope_of(world, departments=elsewhere), NOW)
    assert (found.counts.started, found.steps, found.waiting, found.people) == (0, [], [], [])


def test_suspended_time_does_not_count_as_worked(world):
    one = world.instances[0]
    Instance.objects.filter(pk=one.pk).update(pauses=[[at(3, 0).isoformat(), at(4, 0).isoformat()]])
    try:
        reading = Reading.begin(scope_of(world), NOW)
        steps = {each.place: each for each in figures.steps(reading, {}, {})}
        # 13 hours of which the seven of Tuesday were suspended; the others 4 and 2.
        assert steps["second"].worked.p90 == pytest.approx((4 + 0.8 * 2) * HOUR)
        paths = {each.path: each for each in figures.variants(reading).rows}
        assert paths["first", "second"].worked == pytest.approx((8 + 6) / 2 * HOUR)
    finally:
        Instance.objects.filter(pk=one.pk).update(pauses=[])


def test_hand_overs_and_urging(world):
    process = world.world.publish(*steps_of(world.world), code="handed")
    head = world.cast.head
    instance = world.start(at(17, 9), process)
    with time_machine.travel(at(17, 10), tick=False):
        item = world.world.open_item(instance, head)
        workflow.urge(
            actor=Actor.of_account(world.cast.outsider), instance=instance, account=world.cast.outsider
        )
        workflow.hand_over(
            actor=Actor.of_account(head), item=item, account=head, to=world.cast.clerk, opinion="请代办"
        )
    world.do(at(17, 11), instance, world.cast.clerk)
    found = report(process, Scope(*MARCH, process.pk), NOW)
    (first,) = found.steps
    assert (first.handed, found.hand_overs) == (1, 1)
    assert found.urged == 1


def test_a_step_after_a_timer_has_its_cause(world):
    """Between two steps an hour passed: the way is from the one that ended last."""
    process = world.world.publish(*steps_of(world.world), code="waits")
    instance = world.start(at(17, 9), process)
    world.do(at(17, 10), instance, world.cast.head)
    Step.objects.filter(instance=instance, node="second").update(began_at=at(17, 11))
    world.do(at(17, 13), instance, world.cast.clerk)
    found = report(process, Scope(*MARCH, process.pk), NOW)
    ways = {(each.source, each.target): each for each in found.ways}
    assert set(ways) == {("", "first"), ("first", "second")}
    assert ways["first", "second"].waited == 2 * HOUR  # from 10 until it was opened at 12


def test_all_processes_together(world):
    world.world.publish(step("alone", "starter"), code="quiet")
    found = overview(Scope(*MARCH), NOW)
    lines = {each.process.code: each for each in found.lines}
    assert lines["story"].counts.started == 4
    assert lines["story"].waiting.place == "first"
    assert lines["quiet"].counts.started == 0
    assert found.total.started == sum(each.counts.started for each in found.lines)
    assert sum(each.completed for each in found.weeks) == found.total.completed


def test_steps_in_a_row_are_said_once():
    assert squeezed(("a", "b", "b", "b", "a")) == [("a", 1), ("b", 3), ("a", 1)]


def test_a_period_makes_sense_whatever_is_asked():
    today = datetime.date(2026, 3, 16)
    assert period(None, None, today) == (datetime.date(2025, 12, 17), today)
    assert period(datetime.date(2026, 4, 1), datetime.date(2026, 5, 1), today) == (today, today)
    assert period(datetime.date(2026, 3, 5), datetime.date(2026, 3, 1), today) == (
        datetime.date(2026, 3, 1),
        datetime.date(2026, 3, 5),
    )
    first, last = period(datetime.date(1990, 1, 1), None, today)
    assert (last - first).days == 3 * 366 - 1
