"""The register (发文登记簿): what fits a filter, and whether every number is accounted for."""

import datetime
import uuid
from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any, Self

from django.db.models import Count, Max, Min, Q, QuerySet
from django.http import Http404
from django.utils.dateparse import parse_date

from asp.ui.moments import today
from office.documents.models import Number, NumberAct, NumberState, Series
from office.documents.numbering import write

MISSING_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for; an empty part asks for everything. `year` 0 stands for codes that are numbered on."""

    code: uuid.UUID | None = None
    year: int | None = None
    state: str = ""
    kind: str = ""
    text: str = ""
    since: datetime.date | None = None
    until: datetime.date | None = None

    @property
    def is_narrow(self) -> bool:
        """Whether it names a year or a code, so that few registers are meant."""
        return self.year is not None or self.code is not None

    def as_params(self) -> dict[str, Any]:
        """For a job."""
        return {name: str(value) for name, value in asdict(self).items() if value not in (None, "")}

    @classmethod
    def of_params(cls, params: dict[str, Any]) -> Self:
        """From what `as_params` gave."""
        found: dict[str, Any] = dict(params)
        if "code" in found:
            found["code"] = uuid.UUID(found["code"])
        if "year" in found:
            found["year"] = int(found["year"])
        for name in ("since", "until"):
            if name in found:
                found[name] = parse_date(found[name])
        return cls(**found)


def numbers_of(wanted: Wanted) -> "QuerySet[Number]":
    """The numbers that fit, the one that was given last first."""
    rows = Number.objects.select_related("series__code")
    if wanted.code is not None:
        rows = rows.filter(series__code=wanted.code)
    if wanted.year is not None:
        rows = rows.filter(series__year=wanted.year)
    if wanted.state:
        rows = rows.filter(state=wanted.state)
    if wanted.kind:
        rows = rows.filter(kind=wanted.kind)
    if wanted.since is not None:
        rows = rows.filter(signed_on__gte=wanted.since)
    if wanted.until is not None:
        rows = rows.filter(signed_on__lte=wanted.until)
    for word in wanted.text.split():
        rows = rows.filter(
            Q(title__icontains=word)
            | Q(text__icontains=word)
            | Q(addressee__icontains=word)
            | Q(signer__icontains=word)
        )
    # In the order in which they were given, the last one first: within a series that is the order of the numbers.
    return rows.order_by("-id")


def number_get(number_id: uuid.UUID) -> Number:
    """One number with its code, or Http404."""
    found = Number.objects.select_related("series__code").filter(pk=number_id).first()
    if found is None:
        raise Http404
    return found


def history_of(number: Number) -> list[NumberAct]:
    """What happened to a number, the first act first."""
    return list(number.acts.order_by("position"))


def years() -> list[int]:
    """The years that have a register, the latest first; 0 stands for codes that are numbered on."""
    return list(Series.objects.order_by("-year").values_list("year", flat=True).distinct())


@dataclass(frozen=True, slots=True)
class Accounts:
    """One register: from which number to which, how many are in which state, and what is missing (never any)."""

    series: Series
    states: dict[str, int]
    missing: list[str]

    @property
    def given(self) -> int:
        """How many numbers were given."""
        return self.series.last - self.series.first + 1

    @property
    def holds(self) -> bool:
        """Whether each number from the first to the last stands in the register exactly once."""
        return not self.missing

    @property
    def is_current(self) -> bool:
        """Whether it is this year's, or goes on through the years."""
        return self.series.year in (0, today().year)

    @property
    def first_text(self) -> str:
        """The first number as it is written."""
        return write(self.series.code.style, self.series.code.code, self.series.year, self.series.first)

    @property
    def last_text(self) -> str:
        """The last one."""
        return write(self.series.code.style, self.series.code.code, self.series.year, self.series.last)


def accounts_of(wanted: Wanted) -> list[Accounts]:
    """Account for the registers of a code and year: `seq` from first to last each present exactly once.

    Reference §1.3, 5. Looks at the rows themselves, not at the counter alone. Two statements, one more for a register
    that does not hold.
    """
    chosen = Series.objects.select_related("code").order_by("-year", "code__sort", "code__code")
    if wanted.code is not None:
        chosen = chosen.filter(code=wanted.code)
    if wanted.year is not None:
        chosen = chosen.filter(year=wanted.year)
    found = list(chosen)
    states: dict[uuid.UUID, Counter[str]] = {}
    bounds: dict[uuid.UUID, tuple[int, int]] = {}
    rows = Number.objects.filter(series__in=found).order_by().values_list("series", "state")
    for series, state, count, low, high in rows.annotate(Count("id"), Min("number"), Max("number")):
        states.setdefault(series, Counter())[state] = count
        before = bounds.get(series, (low, high))
        bounds[series] = (min(low, before[0]), max(high, before[1]))
    return [_accounted(each, states.get(each.pk, Counter()), bounds.get(each.pk)) for each in found]


def _accounted(series: Series, states: Counter[str], bounds: tuple[int, int] | None) -> Accounts:
    expected = series.last - series.first + 1
    exact = bounds == (series.first, series.last) if expected else bounds is None
    missing = [] if exact and sum(states.values()) == expected else _missing(series)
    return Accounts(series, {each: states[each] for each in NumberState.values}, missing)


def _missing(series: Series) -> list[str]:
    there = set(Number.objects.filter(series=series).values_list("number", flat=True))
    wanted = set(range(series.first, series.last + 1))
    return [
        write(series.code.style, series.code.code, series.year, each)
        for each in sorted(wanted ^ there)[:MISSING_SHOWN]
    ]
