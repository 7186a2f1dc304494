"""Operations on definitions: each does what it says, changes nothing that it was given, and adds no fault."""

import copy
import random
from contextlib import suppress

import pytest

from asp.forms import Definition, DefinitionError
from asp.forms.editing.operations import NotPossible, NotThere, SectionNotEmpty, apply, blank
from asp.forms.kinds import KINDS
from asp.ui.errors import UserFacingError
from tests.asp.forms.samples import choices, everything, field, form, words


def names(data):
    return [[each["name"] for each in section["fields"]] for section in data["sections"]]


def two_sections():
    data = form(field("a", "number"), field("b"))
    data["sections"].append({"name": "more", "title": words("更多"), "fields": [field("c")]})
    return data


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_can_be_added_and_is_usable_at_once(kind):
    edited = apply(blank("新表单"), {"do": "field_add", "at": "", "kind": kind})
    found = Definition.read(edited.data)
    assert [each.kind for each in found.fields] == [kind]
    assert edited.at == f"{kind}1"
    again = apply(edited.data, {"do": "field_add", "at": edited.at, "kind": kind})
    assert again.at == f"{kind}2"
    Definition.read(again.data)


@pytest.mark.parametrize("kind", [code for code, kind in KINDS.items() if kind.column])
def test_every_kind_of_column_can_be_added(kind):
    data = form(field("t", "table", columns=[field("a")]))
    edited = apply(data, {"do": "field_add", "at": "t", "kind": kind, "column": True})
    assert edited.at == f"t.{kind}1"
    Definition.read(edited.data)


def test_a_field_comes_after_the_one_that_is_selected():
    assert names(apply(two_sections(), {"do": "field_add", "at": "a", "kind": "date"}).data) == [
        ["a", "date1", "b"],
        ["c"],
    ]
    assert names(apply(two_sections(), {"do": "field_add", "at": "§main", "kind": "date"}).data) == [
        ["a", "b", "date1"],
        ["c"],
    ]
    assert names(apply(two_sections(), {"do": "field_add", "at": "", "kind": "date"}).data) == [
        ["a", "b"],
        ["c", "date1"],
    ]


def test_fields_move_also_between_sections():
    data = two_sections()
    assert names(apply(data, {"do": "field_up", "at": "b"}).data) == [["b", "a"], ["c"]]
    assert names(apply(data, {"do": "field_down", "at": "b"}).data) == [["a"], ["b", "c"]]
    assert names(apply(data, {"do": "field_up", "at": "c"}).data) == [["a", "b", "c"], []]
    assert apply(data, {"do": "field_up", "at": "a"}).data == data
    assert apply(data, {"do": "field_down", "at": "c"}).data == data


def test_columns_move_within_their_table():
    data = form(field("t", "table", columns=[field("x"), field("y")]), field("z"))
    moved = apply(data, {"do": "field_down", "at": "t.x"}).data
    assert [each["name"] for each in moved["sections"][0]["fields"][0]["columns"]] == ["y", "x"]
    assert apply(moved, {"do": "field_down", "at": "t.x"}).data == moved


def test_a_copy_has_a_name_of_its_own():
    edited = apply(everything(), {"do": "field_copy", "at": "costs"})
    assert edited.at == "costs2"
    Definition.read(edited.data)
    assert apply(edited.data, {"do": "field_copy", "at": "costs2.what"}).at == "costs2.what2"


def test_what_others_compute_with_cannot_be_deleted():
    data = everything()
    with pytest.raises(DefinitionError) as caught:
        apply(data, {"do": "field_delete", "at": "costs"})
    assert {each.where for each in caught.value.faults} == {"total"}
    edited = apply(data, {"do": "field_delete", "at": "urgent"})
    assert "urgent" not in names(edited.data)[0]
    assert edited.at == "promise"


def test_a_field_is_changed_and_renamed_everywhere():
    data = everything()
    settings = {
        **field("spending", "table"),
        "sums": ["cost"],
        "columns": data["sections"][1]["fields"][1]["columns"],
    }
    edited = apply(data, {"do": "field_change", "at": "costs", "settings": settings})
    assert edited.at == "spending"
    found = Definition.read(edited.data)
    assert found.by_name["total"].options.expression.text == "sum(spending_cost)"
    assert found.by_name["spending"].was == ("costs",)


def test_a_renamed_column_is_renamed_in_its_row_and_outside():
    data = everything()
    edited = apply(data, {"do": "field_change", "at": "costs.price", "settings": field("each", "money")})
    found = Definition.read(edited.data)
    columns = {column.name: column for column in found.by_name["costs"].options.columns}
    assert columns["cost"].options.expression.text == "count * each"
    edited = apply(edited.data, {"do": "field_change", "at": "costs.cost", "settings": {**field("line", "computed"), "expression": "count * each", "result": "money"}})  # fmt: skip
    assert Definition.read(edited.data).by_name["total"].options.expression.text == "sum(costs_line)"


def test_a_period_takes_its_derived_names_along():
    data = form(
        field("leave", "period", days="calendar"), field("n", "computed", expression="leave_days * 2")
    )
    edited = apply(
        data, {"do": "field_change", "at": "leave", "settings": field("off", "period", days="calendar")}
    )
    assert Definition.read(edited.data).by_name["n"].options.expression.text == "off_days * 2"


def test_a_change_may_not_add_a_fault():
    data = two_sections()
    with pytest.raises(DefinitionError):
        apply(data, {"do": "field_change", "at": "b", "settings": field("b", when="nobody > 1")})
    with pytest.raises(DefinitionError):
        apply(data, {"do": "field_change", "at": "b", "settings": field("a")})
    with pytest.raises(DefinitionError):
        apply(data, {"do": "field_change", "at": "b", "settings": field("b", extra=1)})


def test_a_faulty_definition_is_put_right_step_by_step():
    data = form(field("a", when="gone > 1"), field("b", "choice"))
    edited = apply(data, {"do": "field_change", "at": "a", "settings": field("a")})
    with pytest.raises(DefinitionError):
        Definition.read(edited.data)
    edited = apply(
        edited.data, {"do": "field_change", "at": "b", "settings": field("b", "choice", options=choices("x"))}
    )
    Definition.read(edited.data)


def test_sections_come_move_and_go_only_when_they_are_empty():
    data = two_sections()
    edited = apply(data, {"do": "section_add", "at": ""})
    assert edited.at == "§section1"
    up = apply(edited.data, {"do": "section_up", "at": "§section1"})
    assert [each["name"] for each in up.data["sections"]] == ["main", "section1", "more"]
    assert len(apply(up.data, {"do": "section_delete", "at": "§section1"}).data["sections"]) == 2
    with pytest.raises(SectionNotEmpty):
        apply(data, {"do": "section_delete", "at": "§more"})
    changed = apply(data, {"do": "section_change", "at": "§more", "settings": {"title": words("其他"), "when": "a > 1", "fields": [], "name": "x"}})  # fmt: skip
    assert changed.data["sections"][1] == {
        "name": "more",
        "title": words("其他"),
        "when": "a > 1",
        "fields": [field("c")],
    }


def test_the_form_has_a_title():
    edited = apply(
        two_sections(), {"do": "form_change", "at": "", "settings": {"title": words("新名"), "sections": []}}
    )
    assert edited.data["title"]["zh"] == "新名"
    assert len(edited.data["sections"]) == 2


@pytest.mark.parametrize(
    "action",
    [
        {},
        {"do": "explode"},
        {"do": "field_add", "at": "", "kind": "poem"},
        {"do": "field_add", "at": "zzz", "kind": "text"},
        {"do": "field_add", "at": "§zzz", "kind": "text"},
        {"do": "field_add", "at": "a", "kind": "text", "column": True},
        {"do": "field_up", "at": "zzz"},
        {"do": "field_up", "at": ""},
        {"do": "field_delete", "at": "a.b.c"},
        {"do": "field_change", "at": "a"},
        {"do": "field_change", "at": "a", "settings": "x"},
        {"do": "section_up", "at": "a"},
        {"do": "form_change", "settings": []},
    ],
)
def test_what_makes_no_sense_is_refused(action):
    with pytest.raises((NotThere, NotPossible)):
        apply(two_sections(), action)


@pytest.mark.parametrize(
    "data", [{}, {"format": 1, "sections": "x"}, {"format": 1, "sections": [5, {"fields": [5]}]}]
)
def test_a_broken_definition_breaks_nothing(data):
    for do in ("field_add", "section_add", "field_up", "section_up"):
        with suppress(UserFacingError):
            apply(data, {"do": do, "at": "", "kind": "text"})


def test_whatever_is_done_leaves_a_definition_and_what_was_given():
    chance = random.Random(5)
    data = everything()
    done = 0
    for _ in range(300):
        paths = [each["name"] for section in data["sections"] for each in section["fields"]]
        paths += [f"§{section['name']}" for section in data["sections"]]
        do = chance.choice(
            [
                "field_add",
                "field_up",
                "field_down",
                "field_copy",
                "field_delete",
                "section_add",
                "section_up",
                "section_down",
            ]
        )
        before = copy.deepcopy(data)
        try:
            edited = apply(data, {"do": do, "at": chance.choice(paths), "kind": chance.choice(list(KINDS))})
        except UserFacingError:
            assert data == before
            continue
        assert data == before
        Definition.read(edited.data)
        data, done = edited.data, done + 1
        if sum(len(section["fields"]) for section in data["sections"]) > 60:
            data = everything()
    assert done > 100
