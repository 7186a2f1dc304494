"""Times and bottlenecks in words."""

import datetime
import uuid

from django.utils.translation import override

from office.workflow.insight.figures import Counts, Load, Spread, StepFigures, Variants, Waiting
from office.workflow.insight.words import bottlenecks, elapsed_text, worked_text

HOUR, DAY = 3600, 7 * 3600
NOW = datetime.datetime(2026, 3, 2, tzinfo=datetime.UTC)


def step(place, count=10, worked=(HOUR, 2 * HOUR), **more):
    given = {"with_deadline": 0, "late": 0, **more}
    return StepFigures(place, place, "", "user", count, Spread(*worked), Spread(*worked), 0, **given)


def said(**given):
    base = {
        "counts": Counts(),
        "steps": [],
        "waiting": [],
        "variants": Variants(),
        "people": [],
        "name": str.upper,
    }
    with override("en"):
        return [(each.level, each.text) for each in bottlenecks(**{**base, **given}, workday=DAY)]


def test_times():
    with override("en"):
        assert elapsed_text(None) == "–"
        assert elapsed_text(90) == "2 min"
        assert elapsed_text(5.5 * HOUR) == "5.5 h"
        assert elapsed_text(76.8 * HOUR) == "3.2 days"
        assert worked_text(3 * HOUR, DAY) == "3 working h"
        assert worked_text(1.5 * DAY, DAY) == "1.5 working days"


def test_nothing_is_said_about_nothing():
    assert said() == []
    assert said(steps=[step("a", count=2, worked=(40 * HOUR, 900 * HOUR))]) == []


def test_what_is_bad_comes_first():
    waiting = [Waiting(uuid.UUID(int=1), "a", "", "", 6, NOW, 2, 1)]
    people = [Load("甲", 9, 6, 0, 0), Load("乙", 2, 1, 0, 0)]
    found = said(counts=Counts(running=9, late=2), waiting=waiting, people=people)
    assert found == [
        ("bad", "“A” has 1 case that nobody can do: say who does it."),
        ("bad", "2 of 9 instances in progress are late."),
        ("warn", "甲 has 6 of the 7 overdue items: can somebody help out?"),
        ("warn", "100 % of everything that waits, waits at “A” (6); the oldest since 2 March 2026."),
    ]


def test_the_step_that_takes_the_most_time():
    found = said(steps=[step("a", worked=(6 * HOUR, 9 * HOUR)), step("b", worked=(HOUR, 2 * HOUR))])
    assert found == [
        (
            "warn",
            "“A” takes 86 % of the time: half of the cases need more than 6 working h, one in ten more than 1.3 working days.",
        )
    ]


def test_returns_and_deadlines():
    found = said(
        steps=[step("a", count=12, returned=4, with_deadline=10, late=4)],
        variants=Variants(total=10, different=2, reworked=4),
    )
    assert found == [
        ("warn", "“A” sends back 25 % of what comes to it (4 times): is something missing before?"),
        ("warn", "“A” was late in 4 of 10 cases (40 %): is its deadline right?"),
        ("plain", "40 % of the completed instances had to go back at least once."),
    ]
