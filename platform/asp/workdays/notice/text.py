"""A pasted text cut into lines, sections and sentences that know where they stood."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

MOST_CHARACTERS = 20_000
_HEADING = re.compile(
    r"(?:^|(?<=[。;\s]))[ \t]{0,40}(?:[一二三四五六七八九十]{1,3}[、.]|\(?\d{1,2}[、.)])\s*(?P<name>[^:。;\d\n]{2,20}):"
    r"|^[ \t]*(?P<bare>[^:。;,\d\n]{2,20}):",
    re.MULTILINE,
)
_END = re.compile(r"[。;!]|\n[ \t]*(?=\n)")


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence without line breaks, under its heading; `at` gives the line of each character."""

    heading: str
    text: str
    lines: tuple[int, ...]

    def line(self, place: int) -> int:
        """Return the line of a character."""
        return self.lines[min(place, len(self.lines) - 1)] if self.lines else 0


def cleaned(text: str) -> str:
    """Return the text with ordinary digits, brackets and line ends, and nothing that cannot be seen."""
    text = unicodedata.normalize("NFKC", text.replace("\r\n", "\n").replace("\r", "\n"))
    # NFKC makes full-width colons, semicolons and commas plain ones; the full stop of Chinese stays.
    return "".join(each for each in text if each in "\n\t" or unicodedata.category(each)[0] != "C")


def sentences(text: str) -> Iterator[Sentence]:
    """Yield the sentences of a cleaned text."""
    headings = list(_HEADING.finditer(text))
    begins = [0, *(each.end() for each in headings)]
    ends = [*(each.start() for each in headings), len(text)]
    names = ["", *(str(each["name"] or each["bare"]).strip() for each in headings)]
    for name, begin, end in zip(names, begins, ends, strict=True):
        place = begin
        for stop in [*(each.start() for each in _END.finditer(text, begin, end)), end]:
            piece = [at for at in range(place, stop) if text[at] not in "\n。;!"]
            if piece:
                yield Sentence(name, "".join(text[at] for at in piece), _lines(text, piece))
            place = stop


def _lines(text: str, places: list[int]) -> tuple[int, ...]:
    line = text.count("\n", 0, places[0]) + 1
    found, last = [], places[0]
    for place in places:
        line += text.count("\n", last, place)
        last = place
        found.append(line)
    return tuple(found)
