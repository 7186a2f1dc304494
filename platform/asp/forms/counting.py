"""How the days of a period (期间) are counted. `asp.workdays` adds working days; calendar days are built in."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

CALENDAR = "calendar"


@dataclass(frozen=True)
class Counting:
    """A way of counting: its name in definitions and for people; both ends of the period belong to it.

    `count` may raise ValueError for years that it does not know; the days are absent then.
    """

    code: str
    title: str | Promise
    count: Callable[[datetime.date, datetime.date], int]


_countings: dict[str, Counting] = {}


def counting_register(counting: Counting) -> None:
    """Make a way of counting known. Called from `AppConfig.ready`."""
    _countings[counting.code] = counting


def counting(code: str) -> Counting | None:
    """A way of counting by its name, or None."""
    return _countings.get(code)


def countings() -> list[Counting]:
    """All of them."""
    return list(_countings.values())


counting_register(Counting(CALENDAR, _("calendar days"), lambda first, last: (last - first).days + 1))
