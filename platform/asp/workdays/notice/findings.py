"""What a text says, and what is wrong with it."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from django.utils.functional import Promise

from asp.jobs.values import fill
from asp.ui.moments import day_text


class Weight(StrEnum):
    """An error stops the import; a doubt is shown."""

    ERROR = "error"
    DOUBT = "doubt"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that cannot be right, or looks odd, in a line of the text (0: in none)."""

    weight: Weight
    line: int
    message: str | Promise
    params: Mapping[str, object] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """What it is, in the reader's language; days as people write them."""
        said = {
            name: day_text(value) if isinstance(value, datetime.date) else str(value)
            for name, value in self.params.items()
        }
        return fill(self.message, said)

    @property
    def is_error(self) -> bool:
        return self.weight is Weight.ERROR


@dataclass(frozen=True, slots=True)
class Told:
    """What the text says of one day."""

    works: bool
    name: str
    line: int


@dataclass(slots=True)
class Reading:
    """A text that was read for a year: the days it names, the notice's number, and its problems."""

    year: int
    days: dict[datetime.date, Told] = field(default_factory=dict)
    number: str = ""
    is_table: bool = False
    problems: list[Problem] = field(default_factory=list)

    @property
    def errors(self) -> list[Problem]:
        return [each for each in self.problems if each.is_error]

    @property
    def doubts(self) -> list[Problem]:
        return [each for each in self.problems if not each.is_error]

    def error(self, line: int, message: str | Promise, **params: object) -> None:
        """Note what stops the import."""
        self.problems.append(Problem(Weight.ERROR, line, message, params))

    def doubt(self, line: int, message: str | Promise, **params: object) -> None:
        """Note what a person should look at."""
        self.problems.append(Problem(Weight.DOUBT, line, message, params))
