"""Reading notices: the real ones, what is wrong in a text, and texts that mean harm."""

import time

import pytest

from asp.workdays.notice.reading import read
from tests.asp.workdays.days import d, off_days, worked_days
from tests.asp.workdays.notices import NOTICE_2024, NOTICE_2025, NOTICE_2026

REAL = {2024: NOTICE_2024, 2025: NOTICE_2025, 2026: NOTICE_2026}


def problems(text: str, year: int = 2026) -> list[str]:
    return [each.text for each in read(text, year).errors]


@pytest.mark.parametrize("year", REAL)
def test_it_reads_the_notices_as_they_were_published(year):
    reading = read(REAL[year], year)
    assert reading.errors == []
    assert {day for day, told in reading.days.items() if not told.works} == off_days(year)
    assert {day for day, told in reading.days.items() if told.works} == worked_days(year)
    assert not reading.is_table


def test_it_reads_number_and_names():
    reading = read(NOTICE_2025, 2025)
    assert reading.number == "国办发明电〔2024〕12号"
    assert reading.days[d("2025-10-06")].name == "国庆节、中秋节"
    assert reading.days[d("2025-01-26")].name == "春节"
    assert reading.doubts == []


def test_what_a_notice_only_recommends_is_left_out_and_said():
    reading = read(NOTICE_2024, 2024)
    assert d("2024-02-09") not in reading.days
    assert [each.line for each in reading.doubts] == [7]


def test_how_it_was_copied_does_not_matter():
    plain = read(NOTICE_2026, 2026).days
    for changed in (
        NOTICE_2026.replace("\n", "\r\n"),
        NOTICE_2026.replace("（", "(").replace("）", ")").replace("：", ":").replace("周", "星期"),
        NOTICE_2026.replace("2月14日（周六）、", "2月14日\n（周六）、\n"),
        NOTICE_2026.replace("。\n　　", "。 "),
        NOTICE_2026.replace("至", "—"),
        NOTICE_2026.replace("1月", "１月").replace("\u3000", "\u200b\u3000"),
    ):
        reading = read(changed, 2026)
        assert reading.errors == []
        assert {day: told.works for day, told in reading.days.items()} == {
            day: told.works for day, told in plain.items()
        }


def test_a_holiday_that_begins_in_december_belongs_to_the_year_after():
    reading = read("一、元旦：12月30日至1月1日放假调休，共3天。12月29日（周六）上班。", 2019)
    assert [str(day) for day in sorted(reading.days)] == [
        "2018-12-29",
        "2018-12-30",
        "2018-12-31",
        "2019-01-01",
    ]
    said = read("一、元旦：2018年12月30日至2019年1月1日放假，共3天。", 2019)
    assert len(said.days) == 3


def test_it_reads_a_table_of_dates():
    reading = read(
        "日期\t类型\t名称\n2027-01-01\t休\t元旦\n2027/2/6 off Spring Festival\n2027-02-14\t班\n", 2027
    )
    assert reading.errors == []
    assert reading.is_table
    assert {str(day): told.works for day, told in reading.days.items()} == {
        "2027-01-01": False,
        "2027-02-06": False,
        "2027-02-14": True,
    }
    assert reading.days[d("2027-02-06")].name == "Spring Festival"
    assert [each.line for each in read("2027-01-01\t也许\n2027-02-30\t休", 2027).errors] == [1, 2]


# ----- contradictions, each in words and with its line


@pytest.mark.parametrize(
    ("text", "line", "word"),
    [
        ("一、元旦：1月1日（周五）放假1天。", 1, "星期四"),
        ("\n\n一、元旦：1月1日放假。1月4日（周六）上班。", 3, "星期日"),
        ("一、元旦：1月1日至3日放假，共4天。", 1, "4"),
        ("一、元旦：2月30日放假。", 1, "2月30日"),
        ("一、元旦：13月1日放假。", 1, "13月1日"),
        ("一、元旦：1日放假。", 1, "1日"),
        ("一、元旦：1月3日至1日放假。", 1, "2026年1月3日"),
        ("一、元旦：1月1日至12月31日放假。", 1, "365"),
        ("一、元旦：2025年3月1日放假。", 1, "2025年3月1日"),
        ("一、元旦：1月1日至3日放假。\n1月3日上班。", 2, "2026年1月3日"),
        ("一、元旦：1月1日不放假。", 1, "不放假"),
        ("一、元旦：1月1日上班。", 1, "元旦"),
        ("关于2025年部分节假日安排的通知\n一、元旦：1月1日放假。", 1, "2025"),
        ("", 0, ""),
        ("今天天气很好。", 0, ""),
    ],
)
def test_a_contradiction_is_told_with_its_line(text, line, word):
    found = read(text, 2026).errors
    assert found, "nothing was found"
    assert found[0].line == line
    assert word in found[0].text


def test_what_looks_odd_is_a_doubt():
    texts = [each.text for each in read("一、元旦：1月1日放假。1月5日上班。2月3日联欢。", 2026).doubts]
    assert any("2026年1月5日" in text for text in texts), "a working day anyway"
    assert any("2月3日" in text for text in texts), "neither off nor worked"
    assert any("2026年2月17日" in text for text in texts), "a statutory day that the text forgets"
    twice = read("一、元旦：1月1日放假。1月1日放假。", 2026)
    assert twice.errors == []


# ----- texts that mean harm


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>：1月1日放假。",
        "{0.__class__}%s%(x)s：1月1日放假。",
        "\x00\ud83d一、元旦：1月1日放假。",
        "一、元旦：" + "1月1日、" * 3000 + "放假。",
        "一、元旦：1月1日至" * 2000,
        " " * 19_000 + "一、元旦：1月1日放假。",
        "一" * 19_000,
        "2027-01-01" + "\t" * 19_000,
        "1月1日(" * 4000,
        "\n" * 19_000,
        "99999年99月99日放假。" * 1000,
        "x" * 200_000,
    ],
)
def test_a_hostile_text_is_read_quickly_and_never_raises(text):
    begun = time.process_time()
    reading = read(text, 2026)
    assert all(isinstance(each.text, str) for each in reading.problems)
    assert len(reading.problems) <= 60
    assert time.process_time() - begun < 2


def test_a_statutory_day_that_a_notice_forgets_stays_off():
    from asp.workdays.arithmetic.calendar import Calendar, Day

    reading = read("一、元旦：1月1日放假。", 2027)
    known = Calendar(confirmed={2027}, special={day: Day(told.works) for day, told in reading.days.items()})
    assert not known.is_provisional(2027)
    assert not known.is_workday(d("2027-06-09"))
    assert any("2027年6月9日" in each.text for each in reading.doubts)
