"""Capital figures: the examples of the rule, its edges, and reading back what was written."""

import random
from decimal import Decimal

import pytest

from asp.forms import capital_figures

# 中国人民银行《正确填写票据和结算凭证的基本规定》, with the first of two where both are right.
OF_THE_RULE = {
    "1409.50": "人民币壹仟肆佰零玖元伍角",
    "6007.14": "人民币陆仟零柒元壹角肆分",
    "1680.32": "人民币壹仟陆佰捌拾元零叁角贰分",
    "107000.53": "人民币壹拾万柒仟元零伍角叁分",
    "16409.02": "人民币壹万陆仟肆佰零玖元零贰分",
    "325.04": "人民币叁佰贰拾伍元零肆分",
}
OURS = {
    "0": "人民币零元整",
    "0.01": "人民币壹分",
    "0.10": "人民币壹角",
    "0.53": "人民币伍角叁分",
    "1": "人民币壹元整",
    "1.05": "人民币壹元零伍分",
    "10": "人民币壹拾元整",
    "10.5": "人民币壹拾元零伍角",
    "11": "人民币壹拾壹元整",
    "100": "人民币壹佰元整",
    "101": "人民币壹佰零壹元整",
    "110": "人民币壹佰壹拾元整",
    "1001": "人民币壹仟零壹元整",
    "1010": "人民币壹仟零壹拾元整",
    "1100.00": "人民币壹仟壹佰元整",
    "10000": "人民币壹万元整",
    "10001": "人民币壹万零壹元整",
    "10500": "人民币壹万零伍佰元整",
    "15000": "人民币壹万伍仟元整",
    "100000": "人民币壹拾万元整",
    "100700": "人民币壹拾万零柒佰元整",
    "107000": "人民币壹拾万柒仟元整",
    "1000000": "人民币壹佰万元整",
    "1000500": "人民币壹佰万零伍佰元整",
    "12000000": "人民币壹仟贰佰万元整",
    "100000000": "人民币壹亿元整",
    "100000001": "人民币壹亿零壹元整",
    "100005000": "人民币壹亿零伍仟元整",
    "100050000": "人民币壹亿零伍万元整",
    "150000000": "人民币壹亿伍仟万元整",
    "1000000001": "人民币壹拾亿零壹元整",
    "1000000000000": "人民币壹万亿元整",
    "1000100000000": "人民币壹万零壹亿元整",
    "1234567890123.45": "人民币壹万贰仟叁佰肆拾伍亿陆仟柒佰捌拾玖万零壹佰贰拾叁元肆角伍分",
    "-325.04": "人民币负叁佰贰拾伍元零肆分",
    "9999999999999999.99": "人民币玖仟玖佰玖拾玖万玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分",
}


@pytest.mark.parametrize(("amount", "written"), [*OF_THE_RULE.items(), *OURS.items()])
def test_it_is_written_out(amount, written):
    assert capital_figures(Decimal(amount)) == written


def test_the_prefix_can_stay_away():
    assert capital_figures(Decimal("1409.50"), prefix=False) == "壹仟肆佰零玖元伍角"


@pytest.mark.parametrize("amount", ["0.001", "1e16", "NaN", "Infinity", "-1e16"])
def test_what_is_no_amount_is_refused(amount):
    with pytest.raises(ValueError):
        capital_figures(Decimal(amount))


DIGITS = {character: value for value, character in enumerate("零壹贰叁肆伍陆柒捌玖")}
UNITS = {"拾": 10, "佰": 100, "仟": 1000}


def read_whole(text: str) -> int:
    """A reader of its own, which knows nothing of how the writer works."""
    for unit, size in (("亿", 10**8), ("万", 10**4)):
        if unit in text:
            head, tail = text.rsplit(unit, 1) if unit == "亿" else text.split(unit, 1)
            return (read_whole(head) or 1) * size + read_whole(tail)
    total, digit = 0, 0
    for character in text:
        if character in DIGITS:
            digit = DIGITS[character]
        else:
            total, digit = total + digit * UNITS[character], 0
    return total + digit


def read_back(text: str) -> Decimal:
    text = text.removesuffix("整")
    whole, _yuan, rest = text.partition("元") if "元" in text else ("", "", text)
    cents = 0
    for unit, size in (("角", 10), ("分", 1)):
        if unit in rest:
            cents += DIGITS[rest[rest.index(unit) - 1]] * size
    return Decimal(read_whole(whole)) + Decimal(cents) / 100


def test_what_was_written_reads_as_the_same_amount():
    chance = random.Random(11)
    for _ in range(4000):
        digits = chance.randint(1, 18)
        # Many zeros: they are what goes wrong.
        text = "".join(chance.choice("0001234567890") for _ in range(digits)).zfill(3)
        amount = Decimal(f"{text[:-2]}.{text[-2:]}")
        written = capital_figures(amount, prefix=False)
        assert read_back(written) == amount, (amount, written)
        assert "零零" not in written
        assert not written.startswith("零") or amount < 1
