"""When something is due."""

import datetime
from dataclasses import dataclass

from asp.workdays.arithmetic.hours import SHANGHAI

MOST = 20_000  # days or hours of one deadline; more is a mistake


@dataclass(frozen=True, slots=True)
class Due:
    """The end of a period.

    `day` is the last day; `at` the instant (UTC) from which it is late: 24:00 of that day, or the exact moment of
    a period in hours. `raw` is the day before it was moved off a holiday. `provisional`: a year whose notice is
    not known was counted, so it may still change.
    """

    day: datetime.date
    at: datetime.datetime
    raw: datetime.date
    provisional: bool


def day_ends(day: datetime.date) -> datetime.datetime:
    """Return the instant at which a day in Shanghai is over (民法典 203: at 24:00), in UTC."""
    midnight = datetime.datetime.combine(day + datetime.timedelta(days=1), datetime.time.min, tzinfo=SHANGHAI)
    return midnight.astimezone(datetime.UTC)
