"""Amounts in Chinese capital figures (人民币大写), as bills and vouchers have them.

Source: 中国人民银行《正确填写票据和结算凭证的基本规定》 (annex 1 of 支付结算办法). Where it leaves a choice, the first
of its examples is followed: ￥1,680.32 is 壹仟陆佰捌拾元零叁角贰分, ￥107,000.53 is 壹拾万柒仟元零伍角叁分, and 整 stands
after 元 only ("到角为止的，在角之后可以不写整字").
"""

from decimal import Decimal

DIGITS = "零壹贰叁肆伍陆柒捌玖"
PLACES = ("仟", "佰", "拾", "")
GROUPS = ("", "万", "亿", "万亿")
PREFIX = "人民币"
LIMIT = Decimal(10) ** 16


def capital_figures(amount: Decimal, *, prefix: bool = True) -> str:
    """`amount` in yuan as 人民币壹仟肆佰零玖元伍角. `prefix=False` leaves 人民币 out.

    Takes at most two decimal places and less than 10^16; a negative amount begins with 负. Raises ValueError for
    anything else.
    """
    if not amount.is_finite() or abs(amount) >= LIMIT:
        raise ValueError("no amount that can be written out")
    cents = abs(amount) * 100
    if cents != cents.to_integral_value():
        raise ValueError("an amount has at most two decimal places")
    yuan, rest = divmod(int(cents), 100)
    jiao, fen = divmod(rest, 10)
    sign = "负" if amount < 0 and cents else ""
    return (PREFIX if prefix else "") + sign + _whole(yuan, rest == 0) + _parts(yuan, jiao, fen)


def _whole(yuan: int, ends: bool) -> str:
    """The part in yuan; nothing for less than one yuan, unless there is nothing else."""
    if yuan:
        return _number(yuan) + "元" + ("整" if ends else "")
    return "零元整" if ends else ""


def _parts(yuan: int, jiao: int, fen: int) -> str:
    """Jiao and fen, with the 零 that stands for what is missing before them."""
    if not jiao and not fen:
        return ""
    missing = yuan and (jiao == 0 or yuan % 10 == 0)
    return (
        ("零" if missing else "")
        + (DIGITS[jiao] + "角" if jiao else "")
        + (DIGITS[fen] + "分" if fen else "")
    )


def _number(value: int) -> str:
    """Digits with 仟佰拾 in groups of four with 万 and 亿; a run of zeros inside is one 零.

    A zero that ends a group is not read before a group that is full (壹拾万柒仟), one that begins a group is
    (壹万零柒佰), and so is a whole group that is left out (壹亿零伍仟).
    """
    groups: list[int] = []
    while value:
        value, group = divmod(value, 10_000)
        groups.append(group)
    written = ""
    skipped = False
    for place in reversed(range(len(groups))):
        group = groups[place]
        if not group:
            skipped = bool(written)
            # 万亿 without anything in 亿 itself has said its 亿 already.
            continue
        if written and (skipped or group < 1000):
            written += "零"
        unit = GROUPS[place]
        if place == 3 and groups[2]:
            unit = "万"  # the 亿 follows with the next group
        written += _group(group) + unit
        skipped = False
    return written


def _group(value: int) -> str:
    written, zero = "", False
    for digit, place in zip(f"{value:04d}", PLACES, strict=True):
        if digit == "0":
            zero = bool(written)
            continue
        written += ("零" if zero else "") + DIGITS[int(digit)] + place
        zero = False
    return written
