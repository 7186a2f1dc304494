"""The calendar of the current site, kept in this process until it changes."""

import time
import uuid
import zlib
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Subquery

from asp.jobs.sites import current_key
from asp.workdays.arithmetic.calendar import Calendar, Day
from asp.workdays.arithmetic.hours import OfficeHours
from asp.workdays.models import LocalDay, State
from asp.workdays.national.models import Change, Year
from asp.workdays.national.models import Day as NationalDay
from tenants.context import current_site

MOST_SITES = 500  # calendars of bureaus with days of their own that a process keeps
PAUSE = 0.05
LOCKS = 7_202  # first half of our advisory locks; the second names the site


@dataclass(frozen=True, slots=True)
class Version:
    """What the calendar of a site was made from: the last change of the country's, the site's own version."""

    national: uuid.UUID | None
    local: uuid.UUID | None


@dataclass(frozen=True, slots=True)
class Versioned:
    """A calendar and what it was made from."""

    version: Version
    calendar: Calendar


class StillComputing(Exception):
    """Somebody holds a deadline that was computed before the change and has not been stored yet."""


_mutex = Lock()
_national: Versioned | None = None
_sites: "OrderedDict[str, Versioned]" = OrderedDict()


def calendar_for_site() -> Calendar:
    """Return the working days of the current site: the country's, with the bureau's own.

    One statement asks whether what this process has is current. Raises NoContextError outside of any site.
    """
    return versioned_for_site().calendar


def calendar_for_writing() -> Calendar:
    """Return the same for a deadline that is stored in the current transaction.

    Until that ends, a recomputation of this site waits; so it finds the deadline, whichever calendar it was
    computed with. Raises TransactionManagementError outside of a transaction.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError(
            "a deadline is computed in the transaction that stores it"
        )
    with connection.cursor() as cursor:
        # Nobody holds the other kind for longer than a moment: `wait_for_writers` asks, and lets go.
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s, %s)", [LOCKS, _site_lock()])
    return calendar_for_site()


def wait_for_writers(*, seconds: float = 60.0, check: Callable[[], None] = lambda: None) -> None:
    """Return once every transaction has ended that began to compute deadlines before now.

    Asks again and again instead of standing in line, so that writers never wait behind it; outside of any
    transaction. Raises StillComputing after `seconds`, and what `check` raises.
    """
    end = time.monotonic() + seconds
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [LOCKS, _site_lock()])
            if cursor.fetchone()[0]:
                return
        if time.monotonic() >= end:
            raise StillComputing
        check()
        time.sleep(PAUSE)


def versioned_for_site() -> Versioned:
    """Return the calendar of the current site together with what it was made from."""
    key = current_site().key
    now = _version()
    with _mutex:
        known = _sites.get(key)
        if known is not None and known.version == now:
            _sites.move_to_end(key)
            return known
    made = Versioned(now, _make(now))
    with _mutex:
        _sites[key] = made
        while len(_sites) > MOST_SITES:
            _sites.popitem(last=False)
    return made


def national_calendar() -> Versioned:
    """Return the calendar of the country alone, at the hours of the host."""
    return _national_at(Change.objects.order_by("-number").values_list("id", flat=True).first())


def _version() -> Version:
    local = Subquery(State.objects.values("version")[:1])
    row = Change.objects.order_by("-number").values_list("id", local).first()
    return Version(*row) if row else Version(None, State.objects.values_list("version", flat=True).first())


def _make(version: Version) -> Calendar:
    national = _national_at(version.national).calendar
    if version.local is None:
        return national
    days = {each.date: Day(each.works, each.reason) for each in LocalDay.objects.all()}
    hours = State.objects.values_list("hours", flat=True).first()
    if not days and not hours:
        return national
    return national.with_local(days, OfficeHours.parse(hours) if hours else None)


def _national_at(change: uuid.UUID | None) -> Versioned:
    """The country's calendar, read again if this process has that of another change.

    What is read may be newer than `change`; then the next question finds that out, and nothing was wrong.
    """
    global _national
    with _mutex:
        if _national is not None and _national.version.national == change:
            return _national
    made = Versioned(Version(change, None), load_national())
    with _mutex:
        _national = made
    return made


def load_national(without: int | None = None, special: "dict[object, Day] | None" = None) -> Calendar:
    """Read the calendar of the country; for a preview `without` the days of one year, with others instead."""
    years = {each.year: each for each in Year.objects.all() if each.year != without}
    days = {
        each.date: Day(each.works, each.name)
        for each in NationalDay.objects.filter(year__year__in=years).order_by("year__year")
    }
    confirmed = {year for year, each in years.items() if not each.provisional}
    if without is not None:
        confirmed.add(without)
    return Calendar(
        confirmed=confirmed,
        special={**days, **(special or {})},  # type: ignore[dict-item]
        hours=OfficeHours.parse(settings.ASP.office_hours),
    )


def _site_lock() -> int:
    return zlib.crc32(current_key().encode()) - 2**31
