"""Open deadlines follow the calendar."""

import datetime

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from asp.workdays import Changed
from asp.workdays.arithmetic.calendar import Day
from asp.workdays.deadlines import sources
from asp.workdays.models import DeadlineChange
from asp.workdays.services.local import local_day_add, local_day_remove
from asp.workdays.services.recompute import recompute_site
from office.workflow.models import Step, WorkItem
from office.workflow.services.clock import recompute
from tests.office.workflow.clock.world import World, at, calendar
from tests.support.people import TESTER

OFF = datetime.date(2026, 3, 4)
CHANGED = Changed(OFF, OFF)


def moved(world: World) -> list[tuple[object, object, object]]:
    changed = calendar().with_local({OFF: Day(works=False)})
    with transaction.atomic():
        found = list(recompute(calendar=changed, changed=CHANGED))
    return [(each.object_id, each.old, each.new) for each in found]


def test_what_is_open_moves_with_its_items(world: World) -> None:
    instance = world.start(world.process(world.more[0]))
    step = world.began(instance, at(2, 10))
    assert (step.pk, at(5), at(6)) in moved(world)
    step.refresh_from_db()
    assert (step.due_at, step.yellow_at, step.escalate_at) == (at(6), at(3), at(9, 9))
    item = WorkItem.objects.get(instance=instance)
    assert (item.due_at, item.yellow_at) == (at(6), at(3))
    assert moved(world) == []


def test_what_ended_before_or_is_done_stays(world: World) -> None:
    process = world.process(world.more[0])
    before = world.began(world.start(process), at(2, 10, month=2))
    done = world.began(world.start(process), at(2, 10))
    Step.objects.filter(pk=done.pk).update(state="done")
    keys = {key for key, _old, _new in moved(world)}
    assert not keys & {before.pk, done.pk}


def test_its_statements_do_not_grow_with_the_steps(world: World) -> None:
    process = world.process(world.more[0], world.more[1])
    counts = []
    for number in (2, 30):
        Step.objects.filter(state="open").update(state="dropped")
        for _ in range(number):
            world.began(world.start(process), at(2, 10))
        with CaptureQueriesContext(connection) as asked:
            assert len(moved(world)) == number
        counts.append(len(asked))
    assert counts[1] <= counts[0] + 1


def test_a_day_off_of_the_bureau_moves_it_with_a_note(world: World) -> None:
    assert ("workflow", recompute) in sources()
    step = world.began(world.start(world.process(world.more[0])), at(2, 10))
    day = local_day_add(actor=TESTER, day=OFF, works=False, reason="停电")
    try:
        assert recompute_site(actor=TESTER) >= 1
        step.refresh_from_db()
        assert step.due_at == at(6)
        note = DeadlineChange.objects.get(kind="workflow.step", object_id=step.pk)
        assert (note.old_due, note.new_due) == (at(5), at(6))
    finally:
        local_day_remove(actor=TESTER, local_day=day)
        recompute_site(actor=TESTER)
    step.refresh_from_db()
    assert step.due_at == at(5)
