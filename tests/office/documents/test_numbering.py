"""Reference §1.3: how a number is written. The vectors are those of the domain's `vectors.json`."""

import pytest

from office.documents.numbering import Style, mended, read, write

RIGHT = ("武政发〔2026〕1号", "武政办函〔2026〕128号", "国办发〔2019〕51号")
WRONG = (
    "武政发[2026]1号",
    "武政发【2026】1号",
    "武政发〔26〕1号",
    "武政发〔2026〕01号",
    "武政发〔2026〕第1号",
    "武政发〔2026〕1",
    "武政发 〔2026〕1号",
)


@pytest.mark.parametrize("text", RIGHT)
def test_it_reads_and_writes_the_same(text: str) -> None:
    found = read(text)
    assert found is not None
    assert str(found) == write(Style.YEARLY, found.code, found.year, found.number) == text


@pytest.mark.parametrize(
    "text",
    [
        *WRONG,
        "武政发〔2026〕１号",
        "武政发〔２０２６〕1号",
        "武政发〔2026〕0号",
        "〔2026〕1号",
        "ABC〔2026〕1号",
        "",
    ],
)
def test_it_refuses_what_is_written_otherwise(text: str) -> None:
    assert read(text) is None


@pytest.mark.parametrize(
    "text", [*WRONG, "武政发（2026）1号", "武政发〔２０２６〕１号", "武政发〔2026年〕第01号"]
)
def test_it_proposes_what_was_meant(text: str) -> None:
    assert str(mended(text)) == RIGHT[0]


@pytest.mark.parametrize("text", ["", "武政发", "2026年1号", "武政发〔2026〕0号", "武政发〔2026〕一号"])
def test_it_proposes_nothing_where_nothing_is_meant(text: str) -> None:
    assert mended(text) is None


def test_a_draft_shows_no_number() -> None:
    assert write(Style.YEARLY, "武政发", 2026, None) == "武政发〔2026〕 号"


def test_orders_and_minutes_are_written_their_own_way() -> None:
    assert write(Style.ORDERS, "国令", 0, 809) == "第809号"
    assert write(Style.ISSUES, "县长办公会议纪要", 2026, 3) == "第3期"
