"""Range headers, from RFC 9110 §14."""

import pytest

from asp.blobs.ranges import Range, UnsatisfiableError, range_of


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("bytes=0-0", Range(0, 1)),
        ("bytes=0-499", Range(0, 500)),
        ("bytes=500-999", Range(500, 1000)),
        ("bytes=500-", Range(500, 1000)),
        ("bytes=-500", Range(500, 1000)),
        ("bytes=-2000", Range(0, 1000)),
        ("bytes=900-2000", Range(900, 1000)),
        ("bytes = 1 - 2", Range(1, 3)),
    ],
)
def test_it_reads_one_range(header: str, expected: Range) -> None:
    assert range_of(header, size=1000) == expected


@pytest.mark.parametrize(
    "header",
    ["", "bytes=", "bytes=-", "bytes=5-4", "bytes=a-b", "lines=1-2", "bytes=0-1,5-6", "bytes=0-" + "9" * 99],
)
def test_it_ignores_what_is_no_single_range(header: str) -> None:
    assert range_of(header, size=1000) is None


@pytest.mark.parametrize("header", ["bytes=1000-", "bytes=1000-1001", "bytes=-0"])
def test_it_refuses_what_lies_outside(header: str) -> None:
    with pytest.raises(UnsatisfiableError):
        range_of(header, size=1000)


def test_an_empty_file_has_no_range() -> None:
    with pytest.raises(UnsatisfiableError):
        range_of("bytes=0-", size=0)
