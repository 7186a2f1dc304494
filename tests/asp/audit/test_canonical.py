import json

import pytest

from asp.audit.canonical import canonical, digest


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"b": 1, "a": [True, None, "é\n"]}, '{"a":[true,null,"é\\n"],"b":1}'),
        # RFC 8785 §3.2.3: sorted by UTF-16 code units, so the emoji comes before U+FB33.
        ({"\ufb33": 1, "\U0001f600": 2}, '{"\U0001f600":2,"\ufb33":1}'),
        (1.0, "1"),
        (-0.0, "0"),
        (1e21, "1e+21"),
        (1e20, "100000000000000000000"),
        (333333333.33333329, "333333333.3333333"),
        (4.5e-7, "4.5e-7"),
        (0.000001, "0.000001"),
        (0.002, "0.002"),
        (5e-324, "5e-324"),
        (1.7976931348623157e308, "1.7976931348623157e+308"),
        (-12.5, "-12.5"),
        (9007199254740993, "9007199254740993"),
    ],
)
def test_it_writes_one_form(value, text):
    assert canonical(value) == text.encode()


def test_the_order_of_members_does_not_matter():
    assert digest({"a": 1, "b": {"x": 1, "y": 2}}) == digest(json.loads('{"b": {"y": 2, "x": 1}, "a": 1}'))


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_it_refuses_what_is_not_json(value):
    with pytest.raises(ValueError, match="not JSON"):
        canonical(value)


def test_it_refuses_other_types():
    with pytest.raises(TypeError):
        canonical({"a": object()})
