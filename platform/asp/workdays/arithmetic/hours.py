"""Office hours: when within a working day work is done."""

import datetime
from dataclasses import dataclass
from typing import Self
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
MOST_SPANS = 4

Span = tuple[datetime.time, datetime.time]


@dataclass(frozen=True, slots=True)
class OfficeHours:
    """Spans of a working day on Shanghai's clock, in order and apart. Raises ValueError otherwise."""

    spans: tuple[Span, ...]

    def __post_init__(self) -> None:
        ends = datetime.time.min
        if not 1 <= len(self.spans) <= MOST_SPANS:
            raise ValueError(f"office hours have 1 to {MOST_SPANS} spans")
        for begin, end in self.spans:
            if not ends <= begin < end:
                raise ValueError("office hours are in order and do not overlap")
            ends = end

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read "09:00-12:00 13:00-17:00". Raises ValueError for anything else."""
        spans = []
        for word in text.split():
            begin, dash, end = word.partition("-")
            if not dash:
                raise ValueError(f"not a span of time: {word!r}")
            spans.append((datetime.time.fromisoformat(begin), datetime.time.fromisoformat(end)))
        return cls(tuple(spans))

    def __str__(self) -> str:
        return " ".join(f"{begin:%H:%M}-{end:%H:%M}" for begin, end in self.spans)

    @property
    def closes(self) -> datetime.time:
        """When the office closes for the day."""
        return self.spans[-1][1]

    def of(self, day: datetime.date) -> "list[tuple[datetime.datetime, datetime.datetime]]":
        """Return the spans of one day as instants."""
        return [
            (
                datetime.datetime.combine(day, begin, tzinfo=SHANGHAI),
                datetime.datetime.combine(day, end, tzinfo=SHANGHAI),
            )
            for begin, end in self.spans
        ]


DEFAULT_HOURS = OfficeHours.parse("09:00-12:00 13:00-17:00")
