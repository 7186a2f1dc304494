"""Importing a notice: what is replaced, recorded, refused, and who is told."""

import threading

import pytest
from django.db import connection

from asp.audit.models import Entry
from asp.jobs.models import Job
from asp.jobs.runner import Outcome, run_job
from asp.workdays import Clock, calendar_for_site
from asp.workdays.current import national_calendar
from asp.workdays.errors import CalendarChanged, NoticeRefused
from asp.workdays.models import DeadlineChange, State
from asp.workdays.national.models import Change, Day, Year
from asp.workdays.notice.reading import read
from asp.workdays.selectors.preview import preview_of
from asp.workdays.services import notice_import
from tenants.context import bureau_context, host_context
from tests.asp.workdays import sources
from tests.asp.workdays.days import d
from tests.support.people import TESTER

NOTICE = """国务院办公厅关于2027年部分节假日安排的通知
国办发明电〔2026〕9号
一、元旦：1月1日（周五）至3日（周日）放假，共3天。
二、春节：2月5日（农历除夕、周五）至11日（周四）放假调休，共7天。2月13日（周六）、2月14日（周日）上班。
三、清明节：4月3日（周六）至5日（周一）放假，共3天。
四、劳动节：5月1日（周六）至5日（周三）放假调休，共5天。5月8日（周六）上班。
五、端午节：6月9日（周三）放假1天，不调休。
六、中秋节：9月15日（周三）放假1天，不调休。
七、国庆节：10月1日（周五）至7日（周四）放假调休，共7天。9月26日（周日）、10月9日（周六）上班。
"""


def seen() -> int:
    return Change.objects.order_by("-number").values_list("number", flat=True)[0]


def imported(text: str = NOTICE, year: int = 2027, **more: object) -> Change:
    with host_context():
        return notice_import(actor=TESTER, year=year, text=text, seen=seen(), **more)


def recompute(bureau) -> Job:
    """Run the newest job of a bureau that a change has begun."""
    with bureau_context(bureau):
        job = Job.objects.filter(name="workdays.recompute").exclude(key__startswith="periodic").latest("id")
        assert run_job(job.id) == Outcome.DONE
        job.refresh_from_db()
        return job


def test_it_replaces_the_provisional_year_and_is_recorded(country):
    with host_context():
        before = national_calendar().calendar
        assert before.is_provisional(2027)
    change = imported()
    with host_context():
        after = national_calendar().calendar
        row = Year.objects.get(year=2027)
        assert not after.is_provisional(2027)
        assert not after.due(d("2026-12-31"), 5).provisional
        assert after.is_workday(d("2027-02-13"))
        assert not after.is_workday(d("2027-02-10"))
        assert (row.number, row.source, row.confirmed_by) == ("国办发明电〔2026〕9号", "notice", "tests")
        entry = Entry.objects.filter(action="workdays.notice_imported").latest("id")
        assert entry.params == {"year": 2027, "number": row.number, "moved": change.moved}
        # Four days of Spring Festival and two of Labour Day are off, four weekend days worked, four of National Day off.
        assert change.moved == len(
            [day for day in _year(2027) if before.is_workday(day) != after.is_workday(day)]
        )


def _year(year):
    from datetime import date, timedelta

    return [date(year, 1, 1) + timedelta(days=number) for number in range(365)]


def test_the_preview_changes_nothing_and_says_what_would(country):
    with host_context():
        preview = preview_of(read(NOTICE, 2027))
        moves = {str(each.day): each.works for each in preview.moves}
        assert moves["2027-02-13"] is True
        assert moves["2027-02-09"] is False
        assert "2027-02-07" not in moves, "a Sunday is off either way"
        assert preview.replaces is None
        assert not Year.objects.filter(year=2027).exists()
        assert national_calendar().calendar.is_provisional(2027)


def test_an_import_again_corrects_the_year(country):
    imported()
    change = imported(
        NOTICE.replace(
            "端午节：6月9日（周三）放假1天，不调休", "端午节：6月9日（周三）至10日（周四）放假，共2天"
        )
    )
    assert change.moved == 1
    with host_context():
        assert not national_calendar().calendar.is_workday(d("2027-06-10"))
        assert Day.objects.filter(year__year=2027, date=d("2027-06-09")).count() == 1


def test_what_is_only_expected_counts_and_stays_provisional(country):
    imported(provisional=True)
    with host_context():
        calendar = national_calendar().calendar
        assert calendar.is_workday(d("2027-02-13"))
        assert calendar.is_provisional(2027)
        assert calendar.due(d("2027-02-10"), 3).provisional


def test_a_text_with_errors_is_refused_and_changes_nothing(country):
    with host_context():
        number = seen()
        with pytest.raises(NoticeRefused):
            notice_import(
                actor=TESTER, year=2027, text=NOTICE.replace("（周五）至3日", "（周四）至3日"), seen=number
            )
        assert seen() == number
        assert not Year.objects.filter(year=2027).exists()


def test_two_at_once_do_not_undo_each_other(country):
    with host_context():
        number = seen()
    results, barrier = [], threading.Barrier(2)

    def click():
        barrier.wait(10)
        with host_context():
            try:
                notice_import(actor=TESTER, year=2027, text=NOTICE, seen=number)
                results.append("done")
            except CalendarChanged:
                results.append("changed")
        connection.close()

    threads = [threading.Thread(target=click) for _ in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(30)
    assert sorted(results) == ["changed", "done"]


def test_every_office_moves_its_open_deadlines_and_logs_each(
    country, library_has_deadlines, fresh_bureau, make_bureau
):
    other = make_bureau()
    with bureau_context(fresh_bureau):
        calendar = calendar_for_site()
        moving = sources.put(Clock(d("2027-02-01"), 10), calendar)
        staying = sources.put(Clock(d("2027-03-01"), 5), calendar)
        assert moving.clock.due(calendar).provisional
        before = moving.due
    change = imported()
    with host_context():
        spread = Job.objects.filter(name="workdays.spread").latest("id")
        assert spread.params == {"number": change.number}
        assert run_job(spread.id) == Outcome.DONE
        spread.refresh_from_db()
        assert spread.progress_done == spread.progress_total == spread.result["offices"] >= 2
    assert recompute(fresh_bureau).result == {"moved": 1}
    assert recompute(other).result == {"moved": 0}
    with bureau_context(fresh_bureau):
        row = DeadlineChange.objects.get()
        assert (row.kind, row.object_id, row.old_due, row.new_due) == (
            "library.test",
            moving.id,
            before,
            moving.due,
        )
        assert moving.due != before
        assert moving.due == moving.clock.due(calendar_for_site()).at
        assert not row.provisional
        assert {each["code"] for each in row.reasons} == {"country"}
        assert row.reasons[-1]["params"]["notice"] == "国办发明电〔2026〕9号"
        assert staying.due == staying.clock.due(calendar_for_site()).at
        entry = Entry.objects.filter(action="workdays.deadlines_moved").get()
        assert entry.params["count"] == 1
        assert State.objects.get().applied == change.number
        schema, changed = sources.CALLS[-2:][0]
        assert changed.last >= d("2027-12-31")
    with bureau_context(other):
        assert not DeadlineChange.objects.exists()
