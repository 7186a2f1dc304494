"""Agency codes (机关代字) and the registers of their years."""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from asp.audit.actor import Actor
from asp.audit.services import record
from office.documents import errors
from office.documents.models import AgencyCode, Series
from office.documents.numbering import CODE, Style
from office.documents.services.texts import reason_kept


@transaction.atomic
def code_create(*, actor: Actor, code: str, style: str, use: str = "", sort: int = 100) -> AgencyCode:
    """Let documents be numbered under a code. Raises CodeInvalid, CodeTaken."""
    code = code.strip()
    if not CODE.fullmatch(code):
        raise errors.CodeInvalid
    try:
        with transaction.atomic():
            made = AgencyCode.objects.create(code=code, style=Style(style), use=use.strip()[:100], sort=sort)
    except IntegrityError as error:
        raise errors.CodeTaken(params={"code": code}) from error
    _record(actor, "documents.code_created", made)
    return made


@transaction.atomic
def code_update(*, actor: Actor, code: AgencyCode, style: str, use: str, sort: int) -> AgencyCode:
    """Change what a code is for, its place in lists, and, before its first number, how it is written.

    The code itself stays: it stands on paper. Raises CodeInUse.
    """
    locked = AgencyCode.objects.select_for_update().get(pk=code.pk)
    if style != locked.style and Series.objects.filter(code=locked).exists():
        raise errors.CodeInUse(params={"code": locked.code})
    locked.style, locked.use, locked.sort = Style(style), use.strip()[:100], sort
    locked.save(update_fields=["style", "use", "sort"])
    _record(actor, "documents.code_changed", locked)
    return locked


@transaction.atomic
def code_stop(*, actor: Actor, code: AgencyCode) -> AgencyCode:
    """Number nothing more under a code; its registers stay. Raises CodeStopped if that is so already."""
    locked = AgencyCode.objects.select_for_update().get(pk=code.pk)
    if locked.stopped_at is not None:
        raise errors.CodeStopped(params={"code": locked.code})
    locked.stopped_at = timezone.now()
    locked.save(update_fields=["stopped_at"])
    _record(actor, "documents.code_stopped", locked)
    return locked


@transaction.atomic
def code_resume(*, actor: Actor, code: AgencyCode) -> AgencyCode:
    """Number under a code again."""
    locked = AgencyCode.objects.select_for_update().get(pk=code.pk)
    if locked.stopped_at is not None:
        locked.stopped_at = None
        locked.save(update_fields=["stopped_at"])
        _record(actor, "documents.code_resumed", locked)
    return locked


@transaction.atomic
def series_begin(*, actor: Actor, code: AgencyCode, year: int, first: int) -> Series:
    """Say with which number a year's register begins here: what was numbered on paper before stands below it.

    Raises SeriesBegun once a number was given.
    """
    found = series_locked(code, year)
    if found.last >= found.first:
        raise errors.SeriesBegun(params={"code": code.code, "year": year})
    found.first, found.last = first, first - 1
    found.save(update_fields=["first", "last"])
    _record(actor, "documents.series_begun", code, year=year, first=first)
    return found


@transaction.atomic
def series_close(*, actor: Actor, series: Series) -> Series:
    """Close a year's register: from now on nothing is numbered in it (封存). Raises SeriesClosed."""
    locked = Series.objects.select_for_update(of=("self",)).select_related("code").get(pk=series.pk)
    if locked.closed_at is not None:
        raise errors.SeriesClosed(params={"code": locked.code.code, "year": locked.year})
    locked.closed_at = timezone.now()
    locked.save(update_fields=["closed_at"])
    _record(actor, "documents.series_closed", locked.code, year=locked.year, last=locked.last)
    return locked


@transaction.atomic
def series_reopen(*, actor: Actor, series: Series, reason: str) -> Series:
    """Open a closed register again; the reason is on record. Raises ReasonMissing."""
    words = reason_kept(reason)
    locked = Series.objects.select_for_update(of=("self",)).select_related("code").get(pk=series.pk)
    if locked.closed_at is not None:
        locked.closed_at = None
        locked.save(update_fields=["closed_at"])
        _record(actor, "documents.series_reopened", locked.code, year=locked.year, reason=words)
    return locked


def series_locked(code: AgencyCode, year: int) -> Series:
    """The register of a code and year, made when it is wanted first, with its counter locked."""
    # A plain INSERT … ON CONFLICT DO NOTHING first: whoever comes second waits for the first one's row.
    Series.objects.bulk_create([Series(code=code, year=year)], ignore_conflicts=True)
    return Series.objects.select_for_update().get(code=code, year=year)


def _record(actor: Actor, action: str, code: AgencyCode, **params: Any) -> None:
    record(
        actor=actor,
        action=action,
        target_kind="documents.code",
        target_id=code.pk,
        target_name=code.code,
        params={"use": code.use, **params},
    )
