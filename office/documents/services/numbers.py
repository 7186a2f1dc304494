"""Giving numbers, and what else happens to them. Every number of a series stays accounted for (编号不留空号).

A number is taken under the lock of its series, last in the transaction that stores it: two at once get N and N+1, and one
that fails gives nothing away. Whatever happens to a number later is an act behind the acts before it.
"""

import datetime
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from asp.accounts.models import Account
from asp.audit.actor import Actor
from asp.audit.services import record
from asp.ui.moments import day_text, today
from office.documents import errors, rules
from office.documents.kinds import Kind
from office.documents.models import ActKind, AgencyCode, Number, NumberAct, NumberState, Series
from office.documents.numbering import Style
from office.documents.services.codes import series_locked
from office.documents.services.texts import reason_kept, title_kept, unmarked

MOST_AT_ONCE = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What the register says of a numbered document. `signed_on` is the day of signing in Asia/Shanghai (成文日期)."""

    title: str
    kind: Kind | str
    signed_on: datetime.date
    addressee: str = ""
    signer: str = ""
    department: str = ""

    def put(self, number: Number) -> None:
        """Write it onto a number. Raises TextUnfit, SecretText, DateAhead, and what the rules of its type raise."""
        if self.signed_on > today():
            raise errors.DateAhead
        rules.check(Kind(self.kind), addressees=rules.addressees_of(self.addressee), signer=self.signer)
        number.title, number.kind, number.signed_on = title_kept(self.title), Kind(self.kind), self.signed_on
        number.addressee = unmarked(" ".join(self.addressee.split())[:300])
        number.signer = " ".join(self.signer.split())[:60]
        number.department = " ".join(self.department.split())[:200]


@transaction.atomic
def number_take(*, actor: Actor, account: Account | None, code: AgencyCode, entry: Entry) -> Number:
    """Give the next number of `code` in the year of signing (登记编号). Call it last in the transaction.

    Raises CodeStopped, SeriesClosed, and what an entry raises.
    """
    number = Number(state=NumberState.USED)
    entry.put(number)
    series = _open_series(code, entry.signed_on.year)
    _next(series, code, number)
    _act(actor, account, number, ActKind.USED)
    _record(actor, "documents.number_taken", number)
    return number


@transaction.atomic
def numbers_reserve(
    *,
    actor: Actor,
    account: Account | None,
    code: AgencyCode,
    title: str,
    until: datetime.date,
    count: int = 1,
) -> list[Number]:
    """Set numbers of this year aside (预留) until a day; used later with `number_use`, else they lapse.

    Raises TextUnfit, SecretText, TooManyNumbers, ReservationInvalid, CodeStopped, SeriesClosed.
    """
    now = today()
    if not 1 <= count <= MOST_AT_ONCE:
        raise errors.TooManyNumbers(params={"limit": MOST_AT_ONCE})
    if until < now or (Style(code.style).is_yearly and until.year != now.year):
        raise errors.ReservationInvalid
    what = title_kept(title)
    series = _open_series(code, now.year)
    found = []
    for _place in range(count):
        number = Number(state=NumberState.RESERVED, title=what, reserved_until=until)
        _next(series, code, number)
        _act(actor, account, number, ActKind.RESERVED)
        _record(actor, "documents.number_reserved", number, until=until)
        found.append(number)
    return found


@transaction.atomic
def number_use(*, actor: Actor, account: Account | None, number: Number, entry: Entry) -> Number:
    """Use a number that is reserved, or was released for use again, within its own year.

    Raises NumberNotFree, NotThisYear, CodeStopped, SeriesClosed, and what an entry raises.
    """
    locked, series = _locked(number)
    if locked.state not in (NumberState.RESERVED, NumberState.FREE):
        raise errors.NumberNotFree(params={"number": locked.text, "state": locked.get_state_display()})
    _check_open(series.code, series)
    if series.year and entry.signed_on.year != series.year:
        raise errors.NotThisYear(params={"number": locked.text, "year": series.year})
    entry.put(locked)
    locked.state, locked.reserved_until = NumberState.USED, None
    _act(actor, account, locked, ActKind.USED)
    _record(actor, "documents.number_used", locked)
    return locked


@transaction.atomic
def number_void(*, actor: Actor, account: Account | None, number: Number, reason: str) -> Number:
    """Void a number (作废): it stays in the register with the reason. Raises ReasonMissing, NumberVoid."""
    words = reason_kept(reason)
    locked, _series = _locked(number)
    if locked.state in (NumberState.VOID, NumberState.FREE):
        last = locked.acts.filter(kind__in=(ActKind.VOIDED, ActKind.LAPSED)).order_by("-position").first()
        raise errors.NumberVoid(
            params={
                "number": locked.text,
                "name": last.by_name if last else "",
                "day": day_text(last.at) if last else "",
            }
        )
    locked.state, locked.reserved_until = NumberState.VOID, None
    _act(actor, account, locked, ActKind.VOIDED, words)
    _record(actor, "documents.number_voided", locked, reason=words)
    return locked


@transaction.atomic
def number_free(*, actor: Actor, account: Account | None, number: Number, reason: str) -> Number:
    """Release a void number of the current year for use again: an approval of its own, with a reason.

    Raises ReasonMissing, NumberNotVoid, NumberYearOver, SeriesClosed.
    """
    words = reason_kept(reason)
    locked, series = _locked(number)
    if locked.state != NumberState.VOID:
        raise errors.NumberNotVoid(params={"number": locked.text})
    if series.year and series.year != today().year:
        raise errors.NumberYearOver(params={"number": locked.text, "year": series.year})
    _check_open(series.code, series)
    locked.state = NumberState.FREE
    _act(actor, account, locked, ActKind.FREED, words)
    _record(actor, "documents.number_freed", locked, reason=words)
    return locked


@transaction.atomic
def number_correct(
    *, actor: Actor, account: Account | None, number: Number, entry: Entry, reason: str
) -> Number:
    """Correct what the register says of a used number; what it said before stays in its history.

    Raises ReasonMissing, NumberNotFree for one that is not used, NotThisYear, and what an entry raises.
    """
    words = reason_kept(reason)
    locked, series = _locked(number)
    if locked.state != NumberState.USED:
        raise errors.NumberNotFree(params={"number": locked.text, "state": locked.get_state_display()})
    if series.year and entry.signed_on.year != series.year:
        raise errors.NotThisYear(params={"number": locked.text, "year": series.year})
    entry.put(locked)
    _act(actor, account, locked, ActKind.CORRECTED, words)
    _record(actor, "documents.number_corrected", locked, reason=words)
    return locked


@transaction.atomic
def numbers_lapse(*, limit: int = 500) -> int:
    """Void reservations whose last day is over; return how many."""
    rows = list(lapsing().select_for_update(skip_locked=True).order_by("reserved_until", "id")[:limit])
    actor = Actor.system("documents")
    for number in rows:
        number.state, number.reserved_until = NumberState.VOID, None
        _act(actor, None, number, ActKind.LAPSED)
        _record(actor, "documents.number_lapsed", number)
    return len(rows)


def lapsing() -> "QuerySet[Number]":
    """Reservations whose last day is over."""
    return Number.objects.filter(reserved_until__lt=today(), state=NumberState.RESERVED)


def _open_series(code: AgencyCode, year: int) -> Series:
    """The series that numbers are taken from now, locked. Raises CodeStopped, SeriesClosed."""
    series = series_locked(code, year if Style(code.style).is_yearly else 0)
    _check_open(AgencyCode.objects.get(pk=code.pk), series)
    return series


def _check_open(code: AgencyCode, series: Series) -> None:
    if code.stopped_at is not None:
        raise errors.CodeStopped(params={"code": code.code})
    if series.closed_at is not None:
        raise errors.SeriesClosed(params={"code": code.code, "year": series.year})


def _next(series: Series, code: AgencyCode, number: Number) -> None:
    series.last += 1
    series.save(update_fields=["last"])
    number.series, number.number = series, series.last
    number.text = Number.written(series, code, series.last)


def _locked(number: Number) -> tuple[Number, Series]:
    rows = Number.objects.select_for_update(of=("self",)).select_related("series__code")
    found = rows.get(pk=number.pk)
    return found, found.series


def _act(actor: Actor, account: Account | None, number: Number, kind: ActKind, reason: str = "") -> None:
    """Store the number and what was done with it."""
    number.acts_count += 1
    number.changed_at = timezone.now()
    number.save()
    NumberAct.objects.create(
        number=number,
        position=number.acts_count,
        kind=kind,
        title=number.title,
        reason=reason,
        by=account,
        by_name=actor.name,
        at=number.changed_at,
    )


def _record(actor: Actor, action: str, number: Number, **params: Any) -> None:
    record(
        actor=actor,
        action=action,
        target_kind="documents.number",
        target_id=number.pk,
        target_name=number.text,
        params={"title": number.title, **params},
    )
