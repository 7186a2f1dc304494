"""Reading definitions: what is right is read, what is wrong is said, at its field."""

import copy
import json
import time

import pytest
from django.utils import translation

from asp.forms import Definition, DefinitionError, json_schema
from tests.asp.forms.samples import choices, definition, everything, field, form, large, words


def faults(data):
    with pytest.raises(DefinitionError) as caught:
        Definition.read(data)
    return {(each.where, each.option) for each in caught.value.faults}


def test_everything_is_read():
    found = Definition.read(everything())
    assert found.title.zh == "出差申请单"
    assert [section.name for section in found.sections] == ["basics", "money"]
    assert found.by_name["costs"].options.columns[3].options.result == "money"
    assert found.names["trip_days"] == "trip"
    assert set(found.order) == set(found.by_name)
    assert found.order.index("costs") < found.order.index("total") < found.order.index("left")


def test_it_cannot_be_changed():
    found = Definition.read(everything())
    with pytest.raises(AttributeError):
        found.title = None
    with pytest.raises(AttributeError):
        found.by_name["matter"].required = False


def test_a_form_without_fields_is_one():
    assert list(Definition.read({"format": 1, "title": words("空")}).fields) == []


def test_words_follow_the_reader():
    found = Definition.read(everything())
    with translation.override("en"):
        assert str(found.title) == "Request for a business trip"
    with translation.override("zh-hans"):
        assert str(found.title) == "出差申请单"


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        (field("a", colour="red"), ("a", "colour")),
        (field("A"), ("A", "name")),
        (field("a__b"), ("a__b", "name")),
        (field("a_"), ("a_", "name")),
        (field("a" * 41), ("a" * 41, "name")),
        (field("outcome"), ("outcome", "name")),
        (field("step_outcome"), ("step_outcome", "name")),
        (field("sum"), ("sum", "name")),
        (field("class"), ("class", "name")),
        (field("a", "poem"), ("a", "kind")),
        (field("a", None), ("a", "kind")),
        (field("a", ["text"]), ("a", "kind")),
        (field("a", max_length=0), ("a", "max_length")),
        (field("a", max_length=True), ("a", "max_length")),
        (field("a", max_length="9"), ("a", "max_length")),
        (field("a", pattern="secret"), ("a", "pattern")),
        (field("a", pattern="phone", multiline=True), ("a", "pattern")),
        (field("a", width="huge"), ("a", "width")),
        (field("a", required="yes"), ("a", "required")),
        (field("a", when="b > 1"), ("a", "when")),
        (field("a", when="a > 1"), ("a", "when")),
        (field("a", when=5), ("a", "when")),
        (field("a", when="9 ** 9"), ("a", "when")),
        (field("a", "number", decimals=9), ("a", "decimals")),
        (field("a", "number", min=5, max=4), ("a", "max")),
        (field("a", "number", min="NaN"), ("a", "min")),
        (field("a", "number", min=1e300), ("a", "min")),
        (field("a", "number", min=[1]), ("a", "min")),
        (field("a", "money", min="0.001"), ("a", "min")),
        (field("a", "date", earliest="soon"), ("a", "earliest")),
        (field("a", "date", earliest="2026-05-02", latest="2026-05-01"), ("a", "latest")),
        (field("a", "period", days="moon"), ("a", "days")),
        (field("a", "choice"), ("a", "options")),
        (field("a", "choice", options=choices("x", "x")), ("a", "options")),
        (field("a", "choice", options=[{"value": "x y", "label": words("x")}]), ("a", "options")),
        (field("a", "choice", options=[{"value": "x"}]), ("a", "options")),
        (field("a", "choice", options=["x"]), ("a", "options")),
        (field("a", "choice", options=choices("x"), initial="y"), ("a", "initial")),
        (field("a", "person", initial="boss"), ("a", "initial")),
        (field("a", "attachment", min=3, max=2), ("a", "max")),
        (field("a", "attachment", types=["exe"]), ("a", "types")),
        (field("a", "computed"), ("a", "expression")),
        (field("a", "computed", expression="b"), ("a", "expression")),
        (field("a", "computed", expression="1", required=True), ("a", "required")),
        (field("a", "table"), ("a", "columns")),
        (field("a", "table", columns=[field("b", "table")]), ("a.b", "kind")),
        (field("a", "table", columns=[field("b", "person")]), ("a.b", "kind")),
        (field("a", "table", columns=[field("b"), field("b")]), ("a.b", "name")),
        (field("a", "table", columns=[field("b", when="1")]), ("a.b", "when")),
        (field("a", "table", columns=[field("b")], sums=["b"]), ("a", "sums")),
        (field("a", "table", columns=[field("b", "computed", expression="c")]), ("a.b", "expression")),
        (
            field("a", "table", columns=[field("b", "computed", expression="c"), field("c", "computed", expression="b")]),
            ("a", "columns"),
        ),
        (field("a", "table", columns=[field("b")], min_rows=9, max_rows=2), ("a", "max_rows")),
        (field("a", label=""), ("a", "label")),
        (field("a", label=words("")), ("a", "label")),
        (field("a", label={"zh": "x", "fr": "y"}), ("a", "label")),
        (field("a", label=words("x" * 201)), ("a", "label")),
        (field("a", label=words("x\x00")), ("a", "label")),
        (field("a", label=words("x\u202etxt.exe")), ("a", "label")),
        (field("a", help=words("x" * 1001)), ("a", "help")),
        (field("a", was="b"), ("a", "was")),
        (field("a", was=["a"]), ("a", "was")),
        ("a", ("#1", "")),
        (None, ("#1", "")),
        ([], ("#1", "")),
    ],
)  # fmt: skip
def test_a_fault_is_said_at_its_field(wrong, where):
    assert where in faults(form(wrong))


def test_every_fault_is_said_at_once():
    found = faults(form(field("a", "number", min=5, max=4), field("b", when="nobody == 1"), field("a")))
    assert {("a", "max"), ("b", "when"), ("a", "name")} <= found


@pytest.mark.parametrize("data", [None, [], "form", 5, {}, {"format": 2}, {"format": "1"}, {"format": 1}])
def test_what_is_no_form_is_refused(data):
    assert faults(data)


def test_faults_are_said_in_the_readers_language():
    with pytest.raises(DefinitionError) as caught:
        Definition.read(form(field("a", when="b > 1")))
    (fault,) = caught.value.faults
    with translation.override("en"):
        assert fault.text == "There is no field called “b”."
    with translation.override("zh-hans"):
        assert fault.text == "没有名为“b”的字段。"


def test_circles_are_found():
    found = faults(
        form(
            field("a", "computed", expression="b + 1"),
            field("b", "computed", expression="c + 1"),
            field("c", "number", when="a > 3"),
        )
    )
    assert found == {("a", "expression"), ("b", "expression"), ("c", "when")}


def test_a_section_that_asks_for_its_own_field_is_a_circle():
    data = form(field("a", "number"))
    data["sections"][0]["when"] = "a > 1"
    assert ("a", "when") in faults(data)


def test_names_given_to_calculations_do_not_collide():
    assert ("leave", "name") in faults(form(field("leave_from"), field("leave", "period")))


def test_the_longest_chain_is_put_in_order():
    fields = [field(f"c{number}", "computed", expression=f"c{number + 1} + 1") for number in range(499)]
    found = definition(*fields, field("c499", "number"))
    assert found.order[0] == "c499"
    assert found.order[-1] == "c0"


def test_500_fields_are_a_form_and_501_are_not():
    assert len(list(Definition.read(large(500)).fields)) == 500
    assert faults(large(501)) == {("", "sections")}
    columns = [field(f"c{number}") for number in range(20)]
    tables = [field(f"t{number}", "table", columns=columns) for number in range(24)]
    assert faults(form(*tables)) == {("", "sections")}


def test_a_giant_is_refused_quickly():
    begun = time.perf_counter()
    assert faults(form(*([field("a")] * 200_000))) == {("", "sections")}
    assert time.perf_counter() - begun < 1


def test_a_name_may_have_been_another_one():
    assert definition(field("b", was=["a"])).by_name["b"].was == ("a",)
    assert ("b", "was") in faults(form(field("a"), field("b", was=["a"])))


def test_reading_changes_nothing():
    data = everything()
    before = copy.deepcopy(data)
    Definition.read(data)
    assert data == before


def test_the_schema_is_one():
    from jsonschema import Draft202012Validator

    schema = json_schema(Definition.read(everything()), required=["matter"])
    Draft202012Validator.check_schema(schema)
    check = Draft202012Validator(schema)
    assert check.is_valid({"matter": "去省厅开会", "advance": "100.00"})
    assert not check.is_valid({"advance": "100.00"})
    assert not check.is_valid({"matter": "x", "secret": 1})
    assert not check.is_valid({"matter": "x", "advance": 100})
    assert not check.is_valid({"matter": "x", "hint": "x"})
    json.dumps(schema)
