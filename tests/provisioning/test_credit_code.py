"""GB 32100 and GB 11714 against the published vectors."""

import json
from pathlib import Path

import pytest

from provisioning import credit_code

VECTORS = json.loads((Path(__file__).parents[1] / "data" / "vectors.json").read_text())


@pytest.mark.parametrize("vector", VECTORS["uscc_valid"], ids=lambda each: each["v"])
def test_it_takes_valid_codes(vector):
    checked = credit_code.check(vector["v"])
    assert checked.is_valid


@pytest.mark.parametrize("vector", VECTORS["uscc_invalid"], ids=lambda each: each["v"])
def test_it_refuses_with_the_reason(vector):
    assert credit_code.check(vector["v"]).problem == vector["reason"]


@pytest.mark.parametrize("vector", VECTORS["uscc_outer_ok_inner_bad"], ids=lambda each: each["v"])
def test_a_doubtful_code_inside_is_a_warning(vector):
    checked = credit_code.check(vector["v"])
    assert checked.is_valid
    assert not checked.inner_ok


@pytest.mark.parametrize("vector", VECTORS["org_code"], ids=lambda each: each["v"])
def test_organisation_codes(vector):
    assert credit_code.inner_is_valid(vector["v"].replace("-", ""))
    wrong = "0" if vector["v"][-1] != "0" else "1"
    assert not credit_code.inner_is_valid(vector["v"][:-2].replace("-", "") + wrong)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("12330411mb12345629", "12330411MB12345629"),
        (" 1233 0411 MB12 3456 29 ", "12330411MB12345629"),
        ("１２３３０４１１ＭＢ１２３４５６２９", "12330411MB12345629"),
        ("12330411-MB1234562-9", "12330411MB12345629"),
    ],
)
def test_it_forgives_spelling(typed, code):
    assert credit_code.normalise(typed) == code
    assert credit_code.check(code).is_valid


@pytest.mark.parametrize("place", range(18))
def test_every_single_wrong_character_is_found(place):
    good = "12330411MB12345629"
    for character in credit_code.ALPHABET:
        if character != good[place]:
            assert not credit_code.check(good[:place] + character + good[place + 1 :]).is_valid


@pytest.mark.parametrize("first", ["A", "N", "Y", "1", "5"])
def test_composed_codes_add_up(first):
    code = credit_code.compose(register=f"{first}1", district="999901", organisation="MB123456")
    checked = credit_code.check(code)
    assert checked.is_valid
    assert checked.inner_ok


@pytest.mark.parametrize("text", ["", "x" * 500, "\x00" * 18, "一二三四五六七八九十一二三四五六七八"])
def test_nonsense_is_a_wrong_format(text):
    assert credit_code.check(credit_code.normalise(text)).problem == "format"
