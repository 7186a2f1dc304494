"""Random damage to XML: bytes, tags, attributes, whole elements."""

import random
import re

_TAG = re.compile(rb"<[^<>]{1,400}>")
_VALUE = re.compile(rb'"([^"<>]{0,80})"')
_STRANGE = [
    b"", b"0", b"-1", b"true", b"false", b"NaN", b"1e309", b"\xe6\xb5\x81", b"a" * 3000, b"${x}", b"=x", b"P1D",
    b"start", b"end", b"Start", b"End", b"p", b"a", b"../../etc", b"]]&gt;", b"&#0;", b"&#x1F600;", b"x.y",
]  # fmt: skip


def mutate(content: bytes, source: random.Random) -> bytes:
    """`content` with one to four pieces of damage."""
    for _ in range(source.randint(1, 4)):
        content = source.choice((_bytes, _value, _value, _swap, _remove, _double, _rename))(content, source)
    return content


def _bytes(content: bytes, source: random.Random) -> bytes:
    place = source.randrange(len(content) + 1)
    return content[:place] + source.randbytes(source.randint(0, 3)) + content[place + source.randint(0, 3) :]


def _pick(pattern: re.Pattern[bytes], content: bytes, source: random.Random) -> re.Match[bytes] | None:
    found = list(pattern.finditer(content))
    return source.choice(found) if found else None


def _value(content: bytes, source: random.Random) -> bytes:
    found = _pick(_VALUE, content, source)
    if found is None:
        return content
    other = _pick(_VALUE, content, source)
    value = source.choice([*_STRANGE, other[1] if other else b""])
    return content[: found.start(1)] + value + content[found.end(1) :]


def _swap(content: bytes, source: random.Random) -> bytes:
    first, second = sorted(
        (_pick(_TAG, content, source), _pick(_TAG, content, source)),
        key=lambda each: each.start() if each else 0,
    )
    if first is None or second is None or first.end() > second.start():
        return content
    return (
        content[: first.start()]
        + second[0]
        + content[first.end() : second.start()]
        + first[0]
        + content[second.end() :]
    )


def _element(content: bytes, source: random.Random) -> tuple[int, int] | None:
    found = _pick(re.compile(rb"<([\w:]+)[^<>]*?(/>|>[^<>]*</\1>)"), content, source)
    return (found.start(), found.end()) if found else None


def _remove(content: bytes, source: random.Random) -> bytes:
    place = _element(content, source)
    return content[: place[0]] + content[place[1] :] if place else content


def _double(content: bytes, source: random.Random) -> bytes:
    place = _element(content, source)
    return content[: place[1]] + content[place[0] :] if place else content


def _rename(content: bytes, source: random.Random) -> bytes:
    names = [
        b"userTask", b"scriptTask", b"subProcess", b"parallelGateway", b"inclusiveGateway", b"exclusiveGateway",
        b"boundaryEvent", b"endEvent", b"eventBasedGateway", b"intermediateCatchEvent", b"callActivity",
    ]  # fmt: skip
    return content.replace(source.choice(names), source.choice(names), source.choice((1, 2, 100)))
