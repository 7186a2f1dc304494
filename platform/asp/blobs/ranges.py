"""Range requests (RFC 9110 §14): one range is served, several are answered with the whole."""

import re
from dataclasses import dataclass

_ONE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})\Z")


class UnsatisfiableError(Exception):
    """The range lies outside the content."""


@dataclass(frozen=True, slots=True)
class Range:
    """Bytes `start` up to, not including, `end`."""

    start: int
    end: int


def range_of(header: str, *, size: int) -> Range | None:
    """Return the range that is asked for; None if the whole is to be sent. Raises UnsatisfiableError."""
    match = _ONE.match(header.replace(" ", ""))
    if match is None:
        return None
    first, last = match.groups()
    if first:
        start, end = int(first), min(int(last) + 1, size) if last else size
        if last and int(last) < int(first):
            return None
    elif last:
        start, end = max(0, size - int(last)), size
        if int(last) == 0:
            raise UnsatisfiableError
    else:
        return None
    if start >= size:
        raise UnsatisfiableError
    return Range(start, end)
