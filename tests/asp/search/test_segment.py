import pytest

from asp.search.segment import index_words, query_expression, query_terms


def test_han_runs_become_characters_and_pairs():
    words = index_words("预算表")
    assert {"预", "算", "表", "预算", "算表", "~ysb", "~sb", "~b"} <= set(words)
    assert "预算表" not in words


def test_latin_words_and_numbers_stay_whole():
    words = set(index_words("Report2026_final.DOCX"))
    assert {"report2026", "report", "2026", "final", "docx"} <= words


@pytest.mark.parametrize(
    ("query", "expression"),
    [
        ("预算", "'预算'"),
        ("预", "'预'"),
        ("预算表", "'预算' & '算表'"),
        ("Report", "('report':* | '~report':*)"),
        ("ＦＵＬＬ", "('full':* | '~full':*)"),
        ("", ""),
        ("!!! & | ( ' \\", ""),
        ("a' | 'b", "('a':* | '~a':*) & ('b':* | '~b':*)"),
        ("预算 预算", "'预算'"),
    ],
)
def test_queries(query, expression):
    assert query_expression(query) == expression


def test_a_query_is_cut_to_a_length():
    assert len(query_terms("x " * 500)) <= 50


def test_an_endless_name_has_a_limited_number_of_words():
    assert len(index_words("".join(chr(0x4E00 + number) for number in range(5000)))) == 600
