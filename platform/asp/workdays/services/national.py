"""The calendar of the country changes: a notice is imported."""

from django.db import connection, transaction
from django.utils import timezone

from asp.audit.actor import Actor
from asp.audit.services import record
from asp.jobs import job_start
from asp.jobs.registry import find
from asp.workdays.errors import CalendarChanged, NoticeRefused
from asp.workdays.national.models import Change, Day, Source, Year
from asp.workdays.notice.reading import read
from asp.workdays.selectors.preview import preview_of

TURN = int.from_bytes(b"workdays", "big")  # an advisory lock: one import at a time
NAME_MAX = 100


@transaction.atomic
def notice_import(
    *, actor: Actor, year: int, text: str, seen: int, number: str = "", provisional: bool = False
) -> Change:
    """Make a text the arrangement of `year`, and let every site recompute its open deadlines. Host only.

    `text` is a notice (国务院办公厅关于…部分节假日安排的通知) or a table of dates; `number` (国办发明电…) is read
    from it if it is not given. `seen` is the number of the last change that the preview was made from. With
    `provisional`, the days count but still may change. Replaces what was known of the year.
    Raises NoticeRefused for a text with errors, CalendarChanged if somebody was faster.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [TURN])
    reading = read(text, year)
    if reading.errors:
        raise NoticeRefused
    last = Change.objects.order_by("-number").values_list("number", flat=True).first() or 0
    if last != seen:
        raise CalendarChanged
    preview = preview_of(reading, provisional=provisional)
    source = Source.TABLE if reading.is_table else Source.NOTICE
    now = timezone.now()
    row, _made = Year.objects.update_or_create(
        year=year,
        defaults={
            "source": source,
            "number": (number or reading.number)[:NAME_MAX],
            "text": text,
            "provisional": provisional,
            "confirmed_by": actor.name,
            "confirmed_at": now,
        },
    )
    row.days.all().delete()
    Day.objects.bulk_create(
        Day(year=row, date=day, works=told.works, name=told.name[:NAME_MAX])
        for day, told in sorted(reading.days.items())
    )
    change = Change.objects.create(
        number=last + 1,
        year=year,
        source=source,
        notice=row.number,
        provisional=provisional,
        first=preview.changed.first,
        last=preview.changed.last,
        moved=len(preview.moves),
        made_by=actor.name,
        made_at=now,
    )
    record(
        actor=actor,
        action="workdays.notice_imported",
        target_kind="workdays.year",
        target_id=row.pk,
        target_name=str(year),
        params={"year": year, "number": row.number, "moved": change.moved},
    )
    job_start(actor=actor, job=find("workdays.spread"), params={"number": change.number})
    return change
