"""Binding: what is taken, what is refused, and that a refusal changes nothing."""

import json
from urllib.parse import urlencode

import pytest
import time_machine
from django.http import QueryDict

from asp.forms import Definition, FormRefused, ValuesDoNotFit, bind
from tests.asp.forms.conftest import GONE, LIN, OFFICE, ZHAO
from tests.asp.forms.samples import choices, definition, everything, field, words

FULL = {
    "f.matter": "去省厅开会",
    "f.reason": "第一行\r\n第二行",
    "f.phone": "138 0013-8000",
    "f.kind": "meeting",
    "f.extras": ["meal", "car"],
    "f.urgent": "no",
    "f.promise": "yes",
    "f.people": "３",
    "f.day": "2026年3月5日",
    "f.at": "9:05",
    "f.meet": "2026-03-05T14:30",
    "f.trip.from": "2026-03-05",
    "f.trip.to": "2026-03-09",
    "f.handler": str(LIN),
    "f.team": [str(LIN), str(ZHAO)],
    "f.unit": str(OFFICE),
    "f.papers": ["a1", "b2"],
    "f.costs.0.what": "车票",
    "f.costs.0.count": "2",
    "f.costs.0.price": "￥1,250.5",
    "f.costs.3.what": "住宿",
    "f.costs.3.count": "1",
    "f.costs.3.price": "300",
    "f.advance": "1000",
}
TAKEN = {
    "matter": "去省厅开会",
    "reason": "第一行\n第二行",
    "phone": "13800138000",
    "kind": "meeting",
    "extras": ["car", "meal"],
    "urgent": False,
    "promise": True,
    "people": "3",
    "day": "2026-03-05",
    "at": "09:05",
    "meet": "2026-03-05T06:30:00Z",
    "trip": {"from": "2026-03-05", "to": "2026-03-09", "days": 5},
    "handler": str(LIN),
    "team": [str(LIN), str(ZHAO)],
    "unit": str(OFFICE),
    "papers": [
        {"id": "a1", "name": "通知.pdf", "size": 2048},
        {"id": "b2", "name": "照片.jpg", "size": 4096},
    ],
    "costs": [
        {"what": "车票", "count": "2", "price": "1250.50", "cost": "2501.00"},
        {"what": "住宿", "count": "1", "price": "300.00", "cost": "300.00"},
    ],
    "advance": "1000.00",
    "total": "2801.00",
    "left": "1801.00",
    "long": True,
}


def post(values=None, /, **more):
    return QueryDict(
        urlencode({**(values or {}), **{f"f.{key}": value for key, value in more.items()}}, doseq=True)
    )


def errors(bound):
    return {name: error.text for name, error in bound.errors.items()}


def take(one, **posted):
    """The value or the error of the only field of a form."""
    bound = bind(definition(one), {}, posted=post(**posted))
    return next(iter(errors(bound).values())) if bound.errors else bound.values.get(one["name"])


def test_everything_is_taken(desk):
    bound = bind(Definition.read(everything()), {}, posted=post(FULL), files=desk)
    assert errors(bound) == {}
    assert bound.is_valid
    assert bound.values == TAKEN
    assert json.loads(json.dumps(bound.values)) == TAKEN
    assert set(bound.changed) == set(TAKEN)


def test_a_process_gets_scalars(desk):
    scalars = bind(Definition.read(everything()), TAKEN, files=desk).scalars()
    assert scalars["total"] == 2801
    assert scalars["trip_days"] == 5
    assert scalars["trip_from"] == "2026-03-05"
    assert scalars["long"] is True
    assert scalars["handler"] == str(LIN)
    assert scalars["costs"] == 2
    assert scalars["other"] is None
    assert "costs_price" not in scalars
    json.dumps(scalars)


# ----- hidden, read only, unknown


THREE = definition(field("a"), field("b"), field("c"), field("n", "computed", expression="1"))
STORED = {"a": "甲", "b": "乙", "c": "丙", "n": "1"}
ACCESS = {"a": "edit", "b": "read", "c": "hidden"}


@pytest.mark.parametrize(
    "name", ["b", "c", "n", "zzz", "a.x", "a.0.b", "", ".", "a.", "c.x", "__proto__", "a\x00"]
)
def test_what_is_not_asked_is_refused_and_changes_nothing(name):
    bound = bind(THREE, STORED, ACCESS, posted=post({"f.a": "新", f"f.{name}": "坏"}))
    assert not bound.is_valid
    assert bound.refused == (name,)
    with pytest.raises(FormRefused) as caught:
        assert bound.values
    assert caught.value.status == 422
    assert "Nothing was changed" in caught.value.text


def test_the_refusal_does_not_tell_what_is_hidden():
    hidden = definition(field("a"), field("c", label=words("绝不能看的栏目")))
    bound = bind(hidden, {"c": "秘"}, {"a": "edit", "c": "hidden"}, posted=post(a="x", c="y"))
    with pytest.raises(FormRefused) as caught:
        assert bound.values
    assert "绝不能" not in caught.value.text


def test_a_draft_is_refused_as_well():
    with pytest.raises(FormRefused):
        assert bind(THREE, STORED, ACCESS, posted=post(a="新", c="坏"), partial=True).values


def test_keys_of_the_caller_are_none_of_the_forms():
    bound = bind(
        THREE, STORED, ACCESS, posted=post({"f.a": "新", "opinion": "同意", "csrfmiddlewaretoken": "x"})
    )
    assert bound.values == {**STORED, "a": "新"}
    assert bound.changed == ("a",)


def test_a_value_sent_twice_is_refused():
    assert bind(THREE, {}, "edit", posted=QueryDict("f.a=1&f.a=2")).refused == ("a",)


def test_fields_that_are_not_named_are_read():
    assert bind(THREE, STORED, {"a": "edit"}, posted=post(b="x")).refused == ("b",)


def test_an_access_that_does_not_exist_is_a_bug():
    with pytest.raises(ValueError):
        bind(THREE, {}, {"a": "write"})
    with pytest.raises(ValueError):
        bind(THREE, {}, {"zzz": "edit"})


def test_hidden_fields_are_not_on_the_page():
    bound = bind(THREE, STORED, ACCESS)
    assert [state.field.name for _section, states in bound.sections for state in states] == ["a", "b", "n"]


# ----- conditions


OTHER = definition(
    field("kind", "choice", options=choices("x", "other")),
    field("why", when="kind == 'other'", required=True),
)


def test_a_field_is_asked_only_if_its_condition_holds():
    assert errors(bind(OTHER, {}, posted=post(kind="x"))) == {}
    assert errors(bind(OTHER, {}, posted=post(kind="other"))) == {"why": "Fill this in."}


def test_a_field_that_is_not_asked_must_be_empty():
    bound = bind(OTHER, {}, posted=post(kind="x", why="因为"))
    assert list(errors(bound)) == ["why"]
    with pytest.raises(ValueError):
        assert bound.values


def test_what_is_no_longer_asked_is_dropped():
    bound = bind(OTHER, {"kind": "other", "why": "因为"}, posted=post(kind="x"))
    assert bound.values == {"kind": "x"}


def test_a_hidden_field_decides_without_being_shown():
    bound = bind(OTHER, {"kind": "other"}, {"kind": "hidden", "why": "edit"}, posted=post(why="因为"))
    assert bound.values == {"kind": "other", "why": "因为"}


def test_what_is_not_asked_counts_as_absent():
    found = definition(
        field("a", "yes_no"),
        field("b", "number", when="a"),
        field("c", "computed", expression="b + 1"),
        field("d", "computed", expression="c * 2", when="c > 1"),
    )
    assert bind(found, {}, posted=post(a="yes", b="4")).values == {"a": True, "b": "4", "c": "5", "d": "10"}
    assert bind(found, {"b": "4", "a": True}, {"a": "edit"}, posted=post(a="no")).values == {
        "a": False,
        "b": "4",
        "c": "1",
    }


def test_a_section_may_have_a_condition():
    data = everything()
    data["sections"][1]["when"] = "kind == 'training'"
    found = Definition.read(data)
    assert "total" not in bind(found, {}, posted=post(matter="x", kind="meeting")).values
    assert bind(found, {}, posted=post(matter="x", kind="training")).values["total"] == "0.00"


# ----- required and drafts


def test_access_can_require_and_release():
    form = definition(field("a", required=True), field("b"))
    assert set(errors(bind(form, {}, "edit", posted=post()))) == {"a"}
    assert set(errors(bind(form, {}, {"a": "read", "b": "required"}, posted=post()))) == {"b"}


def test_a_draft_keeps_what_can_be_taken():
    form = definition(field("a", "number"), field("b", required=True), field("c", "date"))
    bound = bind(form, {"a": "7", "c": "2026-01-01"}, posted=post(a="sieben", c=""), partial=True)
    assert list(errors(bound)) == ["a"]
    assert bound.values == {"a": "7"}


def test_a_draft_may_hold_rows_that_are_not_complete():
    form = Definition.read(everything())
    posted = post({"f.costs.0.count": "2"})
    assert errors(bind(form, {}, posted=posted, partial=True)) == {}
    full = bind(form, {}, posted=post({"f.costs.0.count": "2", "f.matter": "x", "f.kind": "meeting"}))
    assert {key: error.text for key, error in full.errors["costs"].cells.items()} == {
        (0, "what"): "Fill this in."
    }


# ----- each kind


@time_machine.travel("2026-03-11 10:00 +0800", tick=False)
@pytest.mark.parametrize(
    ("one", "typed", "expected"),
    [
        (field("a"), "  x \n y ", "x y"),
        (field("a"), "   ", None),
        (field("a", max_length=3), "四个字呢", "4 characters; at most 3 fit here."),
        (field("a"), "x\x00y", "This holds characters that cannot be stored."),
        (field("a"), "\u202egnp.exe", "This holds characters that cannot be stored."),
        (field("a"), "机密★10年", "This carries a mark of state secrecy. Secrets must not be processed in this system."),
        (field("a"), "<script>alert(1)</script>", "<script>alert(1)</script>"),
        (field("a", pattern="id_number"), "11010519491231002x", "11010519491231002X"),
        (field("a", pattern="id_number"), "110105194912310021", "Write the 18 characters of the identity card; one of them is not right."),
        (field("a", pattern="email"), "a@b.cn", "a@b.cn"),
        (field("a", pattern="email"), "a@b", "Write a mail address: name@example.cn."),
        (field("a", pattern="postcode"), "３１３０００", "313000"),
        (field("a", pattern="landline"), "0571-8765432转801", "0571-8765432-801"),
        (field("a", pattern="credit_code"), "12330411mb12345629", "12330411MB12345629"),
        (field("a", pattern="credit_code"), "12330411MB12345620", "Write the 18 characters of the unified social credit code; one of them is not right."),
        (field("a", "number"), "1,234", "1234"),
        (field("a", "number"), "1,23", "Write a number, for example 1234.5."),
        (field("a", "number"), "1e5", "Write a number, for example 1234.5."),
        (field("a", "number"), "NaN", "Write a number, for example 1234.5."),
        (field("a", "number"), "0x10", "Write a number, for example 1234.5."),
        (field("a", "number"), "٣", "Write a number, for example 1234.5."),
        (field("a", "number"), "1.5", "Write a whole number."),
        (field("a", "number", decimals=2), "1.555", "At most 2 decimal places."),
        (field("a", "number", decimals=2), "1.500", "1.5"),
        (field("a", "number"), "-0", "0"),
        (field("a", "number", min=2), "1", "At least 2."),
        (field("a", "number", max=2000), "2001", "At most 2,000."),
        (field("a", "number"), "9" * 15, "9" * 15),
        (field("a", "number"), "9" * 16, "Write a number, for example 1234.5."),
        (field("a", "number"), "9" * 100_000, "Write a number, for example 1234.5."),
        (field("a", "money"), "￥1,234.5元", "1234.50"),
        (field("a", "money"), "-1", "At least 0."),
        (field("a", "money", min=-5), "-1", "-1.00"),
        (field("a", "money"), "0.005", "At most 2 decimal places."),
        (field("a", "money"), "0", "0.00"),
        (field("a", "date"), "2026/3/5", "2026-03-05"),
        (field("a", "date"), "2026-02-30", "Write a date, for example 2026-03-05."),
        (field("a", "date"), "0001-01-01", "Write a date, for example 2026-03-05."),
        (field("a", "date", earliest="today"), "2026-03-10", "Not before 11 March 2026."),
        (field("a", "date", latest="2026-03-01"), "2026-03-10", "Not after 1 March 2026."),
        (field("a", "time"), "24:00", "Write a time of day, for example 14:30."),
        (field("a", "time"), "9：05", "09:05"),
        (field("a", "datetime"), "2026-03-05", "Write date and time, for example 2026-03-05 14:30."),
        (field("a", "datetime"), "2026-03-05 00:30", "2026-03-04T16:30:00Z"),
        (field("a", "choice", options=choices("x")), "y", "This cannot be chosen here."),
        (field("a", "yes_no"), "maybe", "This cannot be chosen here."),
        (field("a", "yes_no"), "on", "This cannot be chosen here."),
        (field("a", "person"), str(ZHAO), str(ZHAO)),
        (field("a", "person"), str(GONE), "Somebody chosen here is not there any more. Choose again."),
        (field("a", "person"), str(OFFICE), "Somebody chosen here is not there any more. Choose again."),
        (field("a", "person"), "林晓岚", "Somebody chosen here is not there any more. Choose again."),
        (field("a", "department"), str(LIN), "A department chosen here is not there any more. Choose again."),
        (field("a", "person", many=True), [str(LIN), str(LIN)], [str(LIN)]),
        (field("a", "person", many=True), [f"x{number}" for number in range(51)], "At most 50 can be chosen."),
    ],
)  # fmt: skip
def test_a_value_is_taken_or_refused_in_words(one, typed, expected):
    from django.utils import translation

    with translation.override("en"):
        assert take(one, a=typed) == expected


def test_a_period_needs_both_ends_in_their_order():
    form = definition(field("a", "period", days="calendar"))
    assert errors(bind(form, {}, posted=post({"f.a.from": "2026-03-05"})))["a"]
    assert errors(bind(form, {}, posted=post({"f.a.from": "2026-03-05", "f.a.to": "2026-03-04"})))["a"]
    assert bind(form, {}, posted=post({"f.a.from": "2026-03-05", "f.a.days": "99"})).refused == ("a.days",)


def test_the_days_of_a_period_are_counted_as_registered(monkeypatch):
    from asp.forms import counting

    monkeypatch.setattr(counting, "_countings", dict(counting._countings))
    counting.counting_register(counting.Counting("work", "working days", lambda first, last: 2))
    form = definition(field("a", "period", days="work"))
    assert (
        bind(form, {}, posted=post({"f.a.from": "2026-03-06", "f.a.to": "2026-03-09"})).values["a"]["days"]
        == 2
    )


def test_days_that_cannot_be_counted_are_absent(monkeypatch):
    from asp.forms import counting

    def unknown(first, last):
        raise ValueError("no calendar for this year")

    monkeypatch.setattr(counting, "_countings", dict(counting._countings))
    counting.counting_register(counting.Counting("work", "working days", unknown))
    form = definition(field("a", "period", days="work"))
    assert (
        "days"
        not in bind(form, {}, posted=post({"f.a.from": "2036-03-06", "f.a.to": "2036-03-09"})).values["a"]
    )


def test_only_the_desks_files_are_taken(desk):
    form = definition(field("a", "attachment", types=["pdf"], max=2, min=1, required=True))
    assert bind(form, {}, posted=post(a="a1"), files=desk).values["a"][0]["name"] == "通知.pdf"
    for bad in ("zzz", "b2", "x" * 5000, ["a1", "b2", "c3"]):
        assert errors(bind(form, {}, posted=post(a=bad), files=desk)), bad
    assert errors(bind(form, {}, posted=post(a="a1"))), "without a desk nothing can be taken"
    assert errors(bind(form, {}, posted=post(), files=desk))


@pytest.mark.parametrize("number", ["-1", "x", "99999", "٣", "", "1.5", "0.what"])
def test_rows_have_numbers(number):
    form = Definition.read(everything())
    assert bind(form, {}, posted=post({f"f.costs.{number}.what": "x"})).refused


def test_computed_columns_cannot_be_sent():
    assert bind(Definition.read(everything()), {}, posted=post({"f.costs.0.cost": "1"})).refused == (
        "costs.0.cost",
    )


def test_blank_rows_are_no_rows_and_too_many_are_refused():
    form = definition(
        field("t", "table", columns=[field("a"), field("b", "yes_no")], max_rows=3, min_rows=1, required=True)
    )
    assert errors(bind(form, {}, posted=post({"f.t.0.a": " ", "f.t.1.a": ""})))
    assert bind(form, {}, posted=post({"f.t.9.a": "z", "f.t.0.a": "", "f.t.2.a": "x"})).values["t"] == [
        {"a": "x"},
        {"a": "z"},
    ]
    assert errors(bind(form, {}, posted=post({f"f.t.{number}.a": "x" for number in range(4)})))


def test_a_cell_is_not_sent_twice():
    form = definition(field("t", "table", columns=[field("a")]))
    assert bind(form, {}, posted=QueryDict("f.t.0.a=1&f.t.0.a=2")).refused == ("t.0.a",)


def test_what_must_be_confirmed_is_ticked():
    form = definition(field("a", "yes_no", confirm=True, required=True))
    assert errors(bind(form, {}, posted=post()))
    assert errors(bind(form, {}, posted=post(a="no")))
    assert bind(form, {}, posted=post(a="yes")).values == {"a": True}


def test_somebody_who_has_left_stays_where_they_stood():
    form = definition(field("a", "person"), field("b"))
    bound = bind(form, {"a": str(GONE)}, posted=post(a=str(GONE), b="x"))
    assert bound.values == {"a": str(GONE), "b": "x"}


def test_values_of_another_version_are_not_bound():
    with pytest.raises(ValuesDoNotFit):
        bind(THREE, {"zzz": 1})
    with pytest.raises(ValuesDoNotFit):
        bind(THREE, {"a": 5})


def test_a_form_begins_with_what_its_fields_begin_with():
    form = definition(
        field("a", initial="杭州"),
        field("b", "number", initial=5),
        field("c", "choice", options=choices("x", "y"), initial="y"),
        field("d", "date", initial="today"),
        field("e", "person", initial="me"),
        field("f", "person", many=True, initial="me"),
        field("g", "yes_no", initial=False),
    )
    with time_machine.travel("2026-03-11 23:30 +0800", tick=False):
        found = form.initial(me=LIN)
    assert found == {
        "a": "杭州", "b": "5", "c": "y", "d": "2026-03-11", "e": str(LIN), "f": [str(LIN)], "g": False,
    }  # fmt: skip
    bind(form, found)
