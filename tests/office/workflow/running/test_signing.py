"""How several people decide together."""

import pytest

from office.workflow.desk.signing import Decision, decide

YES, NO = "agree", "disagree"


@pytest.mark.parametrize(
    ("rule", "share", "given", "left", "expected"),
    [
        ("one", None, [], 3, Decision(False)),
        ("one", None, [NO], 3, Decision(True, NO)),
        ("all", None, [YES, YES], 1, Decision(False)),
        ("all", None, [YES, YES, YES], 0, Decision(True, YES)),
        ("all", None, [YES, NO, YES], 0, Decision(True, NO)),
        ("all", None, [NO], 2, Decision(False)),
        ("share", 60, [YES, YES], 3, Decision(False)),
        ("share", 60, [YES, YES, YES], 2, Decision(True, YES)),
        ("share", 60, [NO, NO, NO], 2, Decision(True, NO)),
        ("share", 60, [NO, NO], 3, Decision(False)),
        ("share", 100, [NO], 9, Decision(True, NO)),
        ("share", 1, [YES], 99, Decision(True, YES)),
        ("share", 50, [], 2, Decision(False)),
    ],
)
def test_it_decides(rule: str, share: int | None, given: list[str], left: int, expected: Decision) -> None:
    found = decide(rule=rule, share=share, outcomes=[YES, NO], given=given, open_count=left)
    assert found == expected


def test_a_step_without_outcomes_is_done_when_everybody_has_done_it() -> None:
    assert decide(rule="all", share=None, outcomes=[], given=["", ""], open_count=0) == Decision(True, "")
    assert not decide(rule="all", share=None, outcomes=[], given=[""], open_count=1).decided


def test_of_equal_answers_the_earlier_holds() -> None:
    found = decide(rule="all", share=None, outcomes=[YES, NO, "later"], given=["later", NO], open_count=0)
    assert found.outcome == "later"
