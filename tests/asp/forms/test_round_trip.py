"""Random forms and random typing: what is taken can be stored, read and taken again without changing."""

import json
import random

import pytest

from asp.forms import Definition, bind
from asp.forms.binding import as_posted
from asp.forms.schema import json_schema, misfits
from tests.asp.forms.conftest import GONE, LIN, OFFICE, ZHAO
from tests.asp.forms.samples import choices, field, form
from tests.asp.forms.test_binding import post

WORDS = ["", " ", "甲", "去省厅 开会", "0", "-1", "1,234.5", "12", "999999999999999.99", "2026-03-05", "2026/2/29", "9:30",
    "2026-03-05T14:30", "yes", "no", "x", "y", "<b>", "\x00", "\u202e", "机密★", "a1", "b2", "🀄" * 50, str(LIN), str(GONE),
    str(OFFICE), "1e9", "１２", "a\r\nb", "'", '"', "%s", "{0}", "\\", "{{ x }}", "null", "[]"]  # fmt: skip


def random_field(chance, number):
    kind = chance.choice(
        ["text", "number", "money", "date", "time", "datetime", "period", "choice", "yes_no", "person", "department",
         "attachment", "computed", "note", "table"]
    )  # fmt: skip
    options = {}
    if kind == "choice":
        options = {"options": choices("x", "y"), "multiple": chance.random() < 0.5}
    elif kind == "computed":
        names = [f"f{other}" for other in range(number)] or ["1"]
        options = {
            "expression": chance.choice(["1 + 1", "0 if 1 > 2 else 3"]),
            "result": chance.choice(["number", "money"]),
        }
        if number:
            options["uses"] = chance.choice(names)
    elif kind == "number":
        options = {"decimals": chance.randint(0, 3), "min": chance.choice([None, -5, 0])}
    elif kind == "period":
        options = {"days": chance.choice(["", "calendar"])}
    elif kind == "table":
        options = {
            "columns": [
                field("a"),
                field("b", "number"),
                field("c", "computed", expression="b * 2"),
                field("d", "yes_no"),
            ],
            "sums": ["b"],
        }
    elif kind == "text":
        options = {"multiline": chance.random() < 0.5}
    elif kind in ("person", "department"):
        options = {"many": chance.random() < 0.5}
    options.pop("uses", None)
    made = field(f"f{number}", kind, **{key: value for key, value in options.items() if value is not None})
    if number and chance.random() < 0.3:
        made["when"] = chance.choice(["1 == 1", "1 == 2", "not (1 > 2)"])
    return made


def random_posted(chance, definition):
    posted = {}
    for each in definition.fields:
        if each.kind in ("computed", "note") or chance.random() < 0.3:
            continue
        key = f"f.{each.name}"
        if each.kind == "period":
            posted |= {f"{key}.from": chance.choice(WORDS), f"{key}.to": chance.choice(WORDS)}
        elif each.kind == "table":
            for number in chance.sample(range(20), 3):
                posted |= {f"{key}.{number}.{column}": chance.choice(WORDS) for column in "abd"}
        else:
            posted[key] = chance.choice(WORDS)
    return posted


@pytest.mark.parametrize("seed", range(40))
def test_what_is_taken_stays_what_it_is(seed, desk):
    chance = random.Random(seed)
    definition = Definition.read(form(*[random_field(chance, number) for number in range(12)]))
    for _ in range(10):
        bound = bind(definition, {}, posted=post(random_posted(chance, definition)), files=desk, partial=True)
        values = json.loads(json.dumps(bound.values))
        assert misfits(definition, values) == []
        assert values == bound.values
        again = bind(definition, values, posted=as_posted(bind(definition, values, files=desk)), files=desk)
        assert again.is_valid, {name: error.text for name, error in again.errors.items()}
        assert again.values == values
        assert again.changed == ()


def test_the_whole_schema_says_the_same_as_its_parts(desk):
    from jsonschema import Draft202012Validator

    chance = random.Random(77)
    for _ in range(30):
        definition = Definition.read(form(*[random_field(chance, number) for number in range(8)]))
        whole = Draft202012Validator(json_schema(definition))
        values = bind(
            definition, {}, posted=post(random_posted(chance, definition)), files=desk, partial=True
        ).values
        assert whole.is_valid(values)
        for broken in (
            {**values, "zzz": 1},
            {**values, "f0": {"a": 1}},
            {**values, "f0": None},
            {**values, "f0": []},
        ):
            assert whole.is_valid(broken) == (misfits(definition, broken) == [])


def test_nothing_typed_at_random_breaks_it(desk):
    chance = random.Random(3)
    definition = Definition.read(form(*[random_field(chance, number) for number in range(30)]))
    for _ in range(200):
        posted = random_posted(chance, definition)
        posted |= {
            f"f.{chance.choice(['f0', 'f1', 'zzz', 'f3.from', 'f4.0.a', ''])}{chance.choice(['', '.', '.x', '.9'])}": "x"
        }
        bound = bind(definition, {}, posted=post(posted), files=desk)
        assert bound.is_valid or bound.errors or bound.refused
    assert ZHAO
