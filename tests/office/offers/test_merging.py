"""Three texts of one role: what is told as new, and what becomes of the role."""

from itertools import product

import pytest

from office.offers.merging import CODE, Text, compare, merge

KNOWN = {"a", "b", "c", "d"}


def text(codes="", name="收发员", description=""):
    return Text(name, "Clerk", description, frozenset(codes))


def keys(parts):
    return [part.key for part in parts]


def test_what_only_the_host_changed_is_news():
    parts = compare(base=text("ab"), own=text("ab"), new=text("bc", description="登记"), known=KNOWN)
    assert keys(parts) == ["description", "code:a", "code:c"]
    assert all(part.takeable and not part.contested for part in parts)


def test_what_only_the_office_changed_is_no_news():
    (part,) = compare(base=text("ab"), own=text("abc"), new=text("ab"), known=KNOWN)
    assert (part.key, part.takeable) == ("code:c", False)


def test_what_both_changed_alike_is_no_news():
    assert not [
        part for part in compare(base=text("a"), own=text("ab"), new=text("ab"), known=KNOWN) if part.news
    ]


def test_what_both_changed_differently_is_contested():
    (part,) = compare(base=text(), own=text(name="文书"), new=text(name="登记员"), known=KNOWN)
    assert part.takeable
    assert part.contested


def test_all_some_or_none():
    base, own, new = text("ab"), text("abd"), text("bc", name="登记员")
    everything = keys(compare(base=base, own=own, new=new, known=KNOWN))
    assert merge(base=base, own=own, new=new, known=KNOWN, taken=everything)[0] == text("bcd", name="登记员")
    assert merge(base=base, own=own, new=new, known=KNOWN, taken=["code:c"])[0] == text("abcd")
    kept, following = merge(base=base, own=own, new=new, known=KNOWN, taken=[])
    assert kept == own
    assert not [part for part in compare(base=following, own=own, new=new, known=KNOWN) if part.news]


def test_an_office_cannot_take_what_it_cannot_have_and_is_asked_when_it_can():
    base, own, new = text("a"), text("a"), text("ax")
    (part,) = compare(base=base, own=own, new=new, known=KNOWN)
    assert (part.unknown, part.takeable) == (True, False)
    result, following = merge(base=base, own=own, new=new, known=KNOWN, taken=["code:x"])
    assert result == own
    (later,) = compare(base=following, own=own, new=new, known=KNOWN | {"x"})
    assert later.takeable


@pytest.mark.parametrize("taken", ["none", "all", "half"])
def test_nothing_of_the_offices_own_is_ever_lost(taken):
    """Every case of four permissions: in base or not, here or not, offered or not, known here or not."""
    for base, own, new, known in product(*[["", "a", "b", "ab"]] * 4):
        three = {"base": text(base), "own": text(own), "new": text(new), "known": set(known)}
        parts = compare(**three)
        chosen = [part.key for part in parts if part.takeable][:: 2 if taken == "half" else 1]
        chosen = [] if taken == "none" else chosen
        result, following = merge(**three, taken=chosen)
        for code in "ab":
            had, has, may = code in base, code in own, code in new
            key = f"{CODE}{code}"
            expected = may if key in chosen else has
            assert (code in result.codes) == expected
            if had == may:
                assert key not in chosen  # what the host left alone stays as the office has it
        left = compare(base=following, own=result, new=text(new), known=set(known))
        assert not [part for part in left if part.takeable]  # nothing is asked twice
