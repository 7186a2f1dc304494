"""A bureau's own days and hours: who feels them, how deadlines follow, and what cannot go wrong."""

import threading
import time
from datetime import timedelta

import pytest
from django.db import connection, transaction

from asp.audit.models import Entry
from asp.ui.moments import today
from asp.workdays import Clock, OfficeHours, Unit, calendar_for_site, calendar_for_writing
from asp.workdays.current import StillComputing, wait_for_writers
from asp.workdays.errors import DayIdle, DayTaken, DayTooFar
from asp.workdays.models import DeadlineChange, LocalDay, State
from asp.workdays.services import hours_set, local_day_add, local_day_remove, recompute_site
from tenants.context import bureau_context
from tests.asp.workdays import sources
from tests.asp.workdays.days import at
from tests.asp.workdays.test_import import recompute
from tests.support.people import TESTER


def a_workday(bureau):
    """A working day soon."""
    with bureau_context(bureau):
        return calendar_for_site().nth_after(today(), 3)


def test_a_day_is_the_bureaus_alone(fresh_bureau, make_bureau):
    other, day = make_bureau(), a_workday(fresh_bureau)
    with bureau_context(fresh_bureau):
        assert calendar_for_site().is_workday(day)
        local_day_add(actor=TESTER, day=day, works=False, reason="县庆")
        assert not calendar_for_site().is_workday(day)
        assert calendar_for_site().name_of(day) == "县庆"
        entry = Entry.objects.get(action="workdays.local_day_off")
        assert entry.params == {"day": day.isoformat(), "reason": "县庆"}
    with bureau_context(other):
        assert calendar_for_site().is_workday(day)
        assert not LocalDay.objects.exists()


def test_open_deadlines_follow_there_and_back(fresh_bureau, library_has_deadlines):
    day = a_workday(fresh_bureau)
    with bureau_context(fresh_bureau):
        item = sources.put(Clock(today(), 3), calendar_for_site())
        first = item.due
        made = local_day_add(actor=TESTER, day=day, works=False, reason="县庆")
    assert recompute(fresh_bureau).result == {"moved": 1}
    with bureau_context(fresh_bureau):
        assert item.due > first
        local_day_remove(actor=TESTER, local_day=made)
    assert recompute(fresh_bureau).result == {"moved": 1}
    with bureau_context(fresh_bureau):
        assert item.due == first
        # A schema from the pool may not have followed the country's latest change yet.
        codes = [
            {why["code"] for why in each.reasons} - {"country"}
            for each in DeadlineChange.objects.order_by("id")
        ]
        assert codes == [{"local_off"}, {"local_gone"}]
        assert State.objects.get().pending == []
        assert recompute_site(actor=TESTER) == 0, "nothing is pending"


def test_what_changes_while_a_job_runs_is_not_lost(fresh_bureau, library_has_deadlines, monkeypatch):
    """The second change comes between reading and marking; its job finds it."""
    from asp.workdays.services import recompute as module

    day = a_workday(fresh_bureau)
    with bureau_context(fresh_bureau):
        item = sources.put(Clock(today(), 3), calendar_for_site())
        local_day_add(actor=TESTER, day=day, works=False, reason="一")
        genuine = module._mark

        def late(pending):
            monkeypatch.setattr(module, "_mark", genuine)
            follower = calendar_for_site().nth_after(day, 1)
            local_day_add(actor=TESTER, day=follower, works=False, reason="二")
            genuine(pending)

        monkeypatch.setattr(module, "_mark", late)
        recompute_site(actor=TESTER)
        assert [each["reason"]["params"]["reason"] for each in State.objects.get().pending] == ["二"]
    assert recompute(fresh_bureau).result == {"moved": 1}
    with bureau_context(fresh_bureau):
        assert item.due == item.clock.due(calendar_for_site()).at


def test_a_day_can_be_set_once_and_only_if_it_changes_something(fresh_bureau):
    day = a_workday(fresh_bureau)
    with bureau_context(fresh_bureau):
        with pytest.raises(DayIdle):
            local_day_add(actor=TESTER, day=day, works=True, reason="x")
        local_day_add(actor=TESTER, day=day, works=False, reason="x")
        with pytest.raises(DayTaken):
            local_day_add(actor=TESTER, day=day, works=True, reason="x")
        for far in (today() + timedelta(days=1500), today() - timedelta(days=1500)):
            with pytest.raises(DayTooFar):
                local_day_add(actor=TESTER, day=far, works=False, reason="x")
        assert LocalDay.objects.count() == 1


def test_hours_of_the_bureau(fresh_bureau, library_has_deadlines):
    with bureau_context(fresh_bureau):
        start = at(f"{calendar_for_site().nth_after(today(), 1)} 09:00")
        item = sources.put(Clock(start, 5, Unit.HOURS), calendar_for_site())
        hours_set(actor=TESTER, hours=OfficeHours.parse("08:30-12:00 14:30-18:00"))
        assert str(calendar_for_site().hours) == "08:30-12:00 14:30-18:00"
    assert recompute(fresh_bureau).result == {"moved": 1}
    with bureau_context(fresh_bureau):
        assert item.due == start + timedelta(hours=7, minutes=30)
        hours_set(actor=TESTER, hours=None)
        assert str(calendar_for_site().hours) == "09:00-12:00 13:00-17:00"


def test_the_calendar_follows_a_change_that_another_process_made(fresh_bureau):
    """What this process keeps is compared with the rows, not believed."""
    day = a_workday(fresh_bureau)
    seen = []

    def elsewhere():
        with bureau_context(fresh_bureau):
            local_day_add(actor=TESTER, day=day, works=False, reason="x")
        connection.close()

    with bureau_context(fresh_bureau):
        seen.append(calendar_for_site().is_workday(day))
        thread = threading.Thread(target=elsewhere)
        thread.start()
        thread.join(30)
        seen.append(calendar_for_site().is_workday(day))
    assert seen == [True, False]


def test_a_change_that_is_undone_leaves_nothing_in_the_process(fresh_bureau):
    day = a_workday(fresh_bureau)
    with bureau_context(fresh_bureau):
        with transaction.atomic():
            local_day_add(actor=TESTER, day=day, works=False, reason="x")
            assert not calendar_for_site().is_workday(day)
            transaction.set_rollback(True)
        assert calendar_for_site().is_workday(day)


def test_a_recomputation_waits_for_deadlines_that_are_being_stored(fresh_bureau):
    stored, computing = threading.Event(), threading.Event()
    order = []

    def writer():
        with bureau_context(fresh_bureau), transaction.atomic():
            calendar_for_writing()
            computing.set()
            assert stored.wait(30)
            order.append("stored")
        connection.close()

    thread = threading.Thread(target=writer)
    thread.start()
    assert computing.wait(30)
    with bureau_context(fresh_bureau):
        with pytest.raises(StillComputing):
            wait_for_writers(seconds=0.2)
        stored.set()
        wait_for_writers(seconds=30)
        order.append("recomputed")
    thread.join(30)
    assert order == ["stored", "recomputed"]


def test_writers_do_not_wait_for_each_other_and_need_a_transaction(fresh_bureau, make_bureau):
    other = make_bureau()
    with bureau_context(fresh_bureau):
        with pytest.raises(transaction.TransactionManagementError):
            calendar_for_writing()
        with transaction.atomic():
            calendar_for_writing()
            begun = time.monotonic()

            def second(where):
                with bureau_context(where), transaction.atomic():
                    calendar_for_writing()
                connection.close()

            for where in (fresh_bureau, other):
                thread = threading.Thread(target=second, args=(where,))
                thread.start()
                thread.join(10)
                assert not thread.is_alive()
            assert time.monotonic() - begun < 10


def test_the_daily_run_finds_nothing_in_an_office_that_is_current(fresh_bureau):
    with bureau_context(fresh_bureau):
        recompute_site(actor=TESTER)
        assert State.objects.get().applied > 0
        assert recompute_site(actor=TESTER) == 0
        assert not Entry.objects.filter(action="workdays.deadlines_moved").exists()


def test_the_log_of_moved_deadlines_can_only_grow(fresh_bureau):
    from django.db import DatabaseError

    with bureau_context(fresh_bureau):
        row = DeadlineChange.objects.create(kind="x.y", object_id=fresh_bureau.id)
        for act in (row.delete, lambda: DeadlineChange.objects.update(kind="z")):
            with pytest.raises(DatabaseError), transaction.atomic():
                act()
        assert DeadlineChange.objects.get().kind == "x.y"
