"""One year as counted days: sums that make the n-th working day a look-up."""

import datetime
from array import array
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class YearTable:
    """The working days of a year as ordinals, in order."""

    workdays: "array[int]"

    @classmethod
    def build(cls, year: int, is_workday: Callable[[datetime.date], bool]) -> "YearTable":
        """Ask `is_workday` for every day of the year, once."""
        first = datetime.date(year, 1, 1).toordinal()
        last = datetime.date(year, 12, 31).toordinal()
        days = (number for number in range(first, last + 1) if is_workday(datetime.date.fromordinal(number)))
        return cls(array("i", days))

    @property
    def count(self) -> int:
        """How many working days the year has."""
        return len(self.workdays)

    def until(self, ordinal: int) -> int:
        """How many of them lie before or on a day of the year."""
        return bisect_right(self.workdays, ordinal)
