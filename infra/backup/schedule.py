"""When the next backup is due, by the clock of Asia/Shanghai."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")
FIRST_PAUSE, LONGEST_PAUSE = 300.0, 3600.0


def nightly_before(now: datetime, at: time) -> datetime:
    """The last moment at or before `now` at which the nightly backup was due."""
    local = now.astimezone(ZONE)
    due = local.replace(hour=at.hour, minute=at.minute, second=0, microsecond=0)
    return due if due <= local else due - timedelta(days=1)


def nightly_after(now: datetime, at: time) -> datetime:
    """The next moment after `now` at which it is due."""
    return nightly_before(now, at) + timedelta(days=1)


def base_due(now: datetime, at: time, last: datetime | None) -> bool:
    """Whether a base is due: none since the last night's moment. A host that slept then catches up."""
    return last is None or last < nightly_before(now, at)


def pause_after(failures: int) -> float:
    """Seconds to wait after so many failures in a row."""
    return min(FIRST_PAUSE * 2.0 ** max(0, failures - 1), LONGEST_PAUSE)
