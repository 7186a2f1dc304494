"""What has changed between two versions, and what becomes of values that are carried over."""

import pytest

from asp.forms import Definition, bind, carry, compare
from tests.asp.forms.conftest import GONE, LIN, ZHAO
from tests.asp.forms.samples import choices, definition, everything, field
from tests.asp.forms.test_binding import TAKEN


def test_the_same_is_the_same():
    found = compare(Definition.read(everything()), Definition.read(everything()))
    assert found.is_empty
    assert found.same == 23


def test_it_says_what_came_went_and_changed():
    old = definition(field("a"), field("b", "number"), field("c"), field("d"))
    new = definition(field("a", required=True, max_length=50), field("b", "money"), field("d"), field("e"))
    found = compare(old, new)
    assert [each.name for each in found.added] == ["e"]
    assert [each.name for each in found.removed] == ["c"]
    assert {change.new.name: [str(one) for one in change.aspects] for change in found.changed} == {
        "a": ["must be filled in", "settings"],
        "b": ["kind", "settings"],
    }
    assert found.moved == ()
    assert found.same == 1


def test_a_renamed_field_is_the_same_field():
    found = compare(definition(field("a"), field("x")), definition(field("b", was=["a"]), field("x")))
    assert (found.added, found.removed) == ((), ())
    assert [(change.old.name, change.new.name) for change in found.changed] == [("a", "b")]


def test_what_moved_is_told_with_as_few_fields_as_possible():
    old = definition(*[field(name) for name in "abcdef"])
    new = definition(*[field(name) for name in "bcdefa"])
    assert [each.name for each in compare(old, new).moved] == ["a"]


def test_conditions_and_options_are_compared():
    old = definition(field("a", "choice", options=choices("x")), field("b", when="a == 'x'"))
    new = definition(field("a", "choice", options=choices("x", "y")), field("b", when="a == 'y'"))
    assert [(change.new.name, len(change.aspects)) for change in compare(old, new).changed] == [
        ("a", 1),
        ("b", 1),
    ]


def test_everything_is_carried_to_the_same_version():
    form = Definition.read(everything())
    found = carry(form, form, TAKEN)
    assert found.values == TAKEN
    assert (found.converted, found.dropped) == ((), ())
    assert len(found.kept) == 18


@pytest.mark.parametrize(
    ("old", "new", "value", "carried"),
    [
        (field("a", "number"), field("a", "money"), "5", "5.00"),
        (field("a", "money"), field("a", "number"), "5.00", "5"),
        (field("a", "money"), field("a", "number"), "5.50", None),
        (field("a", "money"), field("a", "text"), "5.50", "￥5.50"),
        (field("a"), field("a", "number"), "12", "12"),
        (field("a"), field("a", "number"), "zwölf", None),
        (field("a"), field("a", "date"), "2026年3月5日", "2026-03-05"),
        (field("a"), field("a", max_length=3), "四个字呢", None),
        (field("a"), field("b", was=["a"]), "字", "字"),
        (field("a"), field("b"), "字", None),
        (field("a"), field("a", "choice", options=choices("x", "y")), "选项y", "y"),
        (field("a", "choice", options=choices("x", "y")), field("a", "choice", options=choices("x")), "y", None),
        (field("a", "choice", options=choices("x")), field("a", "choice", options=choices("x"), multiple=True), "x", ["x"]),
        (field("a", "choice", options=choices("x", "y"), multiple=True), field("a", "choice", options=choices("x", "y")), ["x"], "x"),
        (field("a", "choice", options=choices("x", "y"), multiple=True), field("a", "choice", options=choices("x", "y")), ["x", "y"], None),
        (field("a", "person"), field("a", "person", many=True), str(LIN), [str(LIN)]),
        (field("a", "person", many=True), field("a", "person"), [str(LIN), str(ZHAO)], None),
        (field("a", "person"), field("a", "person"), str(GONE), str(GONE)),
        (field("a", "person"), field("a"), str(LIN), "林晓岚"),
        (field("a", "date"), field("a", "period", days="calendar"), "2026-03-05", {"from": "2026-03-05", "to": "2026-03-05", "days": 1}),
        (field("a", "yes_no"), field("a", "date"), True, None),
        (field("a", "yes_no"), field("a", "yes_no"), False, False),
        (field("a", "attachment"), field("a", "attachment", max=1), [{"id": "a1", "name": "x.pdf", "size": 5}], [{"id": "a1", "name": "x.pdf", "size": 5}]),
        (field("a", "table", columns=[field("x"), field("y", "number")]), field("a", "table", columns=[field("z", was=["x"]), field("y", "money")]),
            [{"x": "甲", "y": "3"}], [{"z": "甲", "y": "3.00"}]),
        (field("a", "table", columns=[field("x")]), field("a", "table", columns=[field("x", "number")]), [{"x": "甲"}], None),
        (field("a", "table", columns=[field("x")]), field("a", "table", columns=[field("x")], max_rows=1), [{"x": "甲"}, {"x": "乙"}], None),
        (field("a", "table", columns=[field("x")]), field("a"), [{"x": "甲"}], None),
    ],
)  # fmt: skip
def test_a_value_is_kept_converted_or_named_as_dropped(old, new, value, carried):
    before, after = definition(old), definition(new)
    bind(before, {"a": value})
    found = carry(before, after, {"a": value})
    assert list(found.values.values()) == ([] if carried is None else [carried])
    assert len(found.dropped) == (carried is None)
    if carried is None:
        assert str(found.dropped[0].reason)
        assert found.dropped[0].before
    bind(after, found.values)


def test_computed_fields_are_computed_anew():
    old = definition(field("a", "number"), field("b", "computed", expression="a * 2"))
    new = definition(field("a", "number"), field("b", "computed", expression="a * 3"))
    assert carry(old, new, {"a": "2", "b": "4"}).values == {"a": "2", "b": "6"}
