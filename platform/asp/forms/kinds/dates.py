"""Dates (日期), times, moments and periods (期间)."""

import datetime
import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from asp.forms.counting import Counting, counting, countings
from asp.forms.errors import Invalid
from asp.forms.kinds.base import Columns, Context, Kind, Sent
from asp.ui import moments

if TYPE_CHECKING:
    from asp.forms.definition.model import Field
    from asp.forms.definition.reader import Reader

TODAY = "today"
FIRST, LAST = datetime.date(1900, 1, 1), datetime.date(2200, 12, 31)
_DATE = re.compile(r"(\d{4})(?:[-/.]|年)(\d{1,2})(?:[-/.]|月)(\d{1,2})日?", re.ASCII)
_TIME = re.compile(r"(\d{1,2})[:.](\d{2})(?::\d{2})?", re.ASCII)


@dataclass(frozen=True)
class DateOptions:
    """Bounds: a date, `today`, or none; of a period, how its days are counted."""

    earliest: str = ""
    latest: str = ""
    days: Counting | None = None


def date_typed(text: str) -> datetime.date:
    """A date as people type it: 2026-03-05, 2026/3/5, 2026年3月5日. Raises Invalid."""
    found = _DATE.fullmatch(re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)))
    try:
        day = datetime.date(*map(int, found.groups())) if found else None
    except ValueError:
        day = None
    if day is None or not FIRST <= day <= LAST:
        raise Invalid(_("Write a date, for example 2026-03-05."))
    return day


def time_typed(text: str) -> datetime.time:
    """A time of day as people type it: 9:30, 14:05. Raises Invalid."""
    found = _TIME.fullmatch(re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)))
    try:
        if found:
            return datetime.time(int(found[1]), int(found[2]))
    except ValueError:
        pass
    raise Invalid(_("Write a time of day, for example 14:30."))


def _bound(reader: "Reader", key: str) -> str:
    text = reader.text(key, most=10)
    if text and text != TODAY:
        try:
            return date_typed(text).isoformat()
        except Invalid:
            reader.fault(key, _("This must be a date, or “today”."))
            return ""
    return text


def read_bounds(reader: "Reader") -> DateOptions:
    """`earliest` and `latest`."""
    options = DateOptions(_bound(reader, "earliest"), _bound(reader, "latest"))
    if (
        TODAY not in (options.earliest, options.latest)
        and options.latest
        and options.earliest > options.latest
    ):
        reader.fault("latest", _("The last day is before the first one."))
    return options


def within(day: datetime.date, options: DateOptions, today: datetime.date) -> datetime.date:
    """The day, if the bounds allow it. Raises Invalid."""

    def bound(text: str) -> datetime.date | None:
        return today if text == TODAY else datetime.date.fromisoformat(text) if text else None

    first, last = bound(options.earliest), bound(options.latest)
    if first is not None and day < first:
        raise Invalid(_("Not before {day}."), day=moments.day_text(first))
    if last is not None and day > last:
        raise Invalid(_("Not after {day}."), day=moments.day_text(last))
    return day


class Date(Kind):
    """Stored as 2026-03-05, which expressions compare as text."""

    code = "date"
    title = _("Date")
    icon = "calendar"
    column = True
    width = "half"

    def read(self, reader: "Reader", columns: Columns) -> DateOptions:
        """`earliest`, `latest`."""
        del columns
        return read_bounds(reader)

    def read_initial(self, reader: "Reader", options: DateOptions) -> str | None:
        """Today, if wanted."""
        del options
        return reader.one_of("initial", ["", TODAY], default="") or None

    def begin(self, each: "Field", me: Any) -> Any:
        """The day on which the form is begun."""
        del me
        return moments.today().isoformat() if each.initial == TODAY else None

    def schema(self, each: "Field") -> dict[str, Any]:
        """A date as a text."""
        del each
        return {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"}

    def clean(self, each: "Field", raw: str, context: Context) -> str:
        """The day within its bounds."""
        return within(date_typed(raw), each.options, context.today).isoformat()

    def text(self, each: "Field", value: Any, context: Context) -> str:
        """2026年3月5日, 5 March 2026."""
        del each, context
        return moments.day_text(datetime.date.fromisoformat(value)) if value else ""


class Time(Kind):
    """Stored as 14:30."""

    code = "time"
    title = _("Time of day")
    icon = "clock"
    column = True
    width = "half"

    def read(self, reader: "Reader", columns: Columns) -> None:
        """No settings of its own."""
        del reader, columns

    def schema(self, each: "Field") -> dict[str, Any]:
        """A time as a text."""
        del each
        return {"type": "string", "pattern": r"^\d{2}:\d{2}$"}

    def clean(self, each: "Field", raw: str, context: Context) -> str:
        """The time."""
        del each, context
        return f"{time_typed(raw):%H:%M}"


class DateTime(Kind):
    """A moment on Shanghai's clock, stored as an instant: 2026-03-05T06:30:00Z."""

    code = "datetime"
    title = _("Date and time")
    icon = "calendar-time"
    column = True
    width = "half"

    def read(self, reader: "Reader", columns: Columns) -> DateOptions:
        """`earliest`, `latest` (days)."""
        del columns
        return read_bounds(reader)

    def schema(self, each: "Field") -> dict[str, Any]:
        """An instant as a text."""
        del each
        return {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:00Z$"}

    def raw(self, each: "Field", value: Any) -> str:
        """As the browser's control has it."""
        del each
        return f"{moments.local(instant(value)):%Y-%m-%dT%H:%M}" if value else ""

    def clean(self, each: "Field", raw: str, context: Context) -> str:
        """The instant."""
        day, _sign, time = unicodedata.normalize("NFKC", raw).strip().replace("T", " ").partition(" ")
        if not time:
            raise Invalid(_("Write date and time, for example 2026-03-05 14:30."))
        when = datetime.datetime.combine(
            within(date_typed(day), each.options, context.today), time_typed(time), moments.SHANGHAI
        )
        return f"{when.astimezone(datetime.UTC):%Y-%m-%dT%H:%M:00Z}"

    def text(self, each: "Field", value: Any, context: Context) -> str:
        """In full."""
        del each, context
        return moments.moment_text(instant(value)) if value else ""


def instant(value: str) -> datetime.datetime:
    """A stored instant."""
    return datetime.datetime.fromisoformat(value)


class Period(Kind):
    """From one day to another, both included: {"from", "to", "days"}."""

    code = "period"
    title = _("Period")
    icon = "calendar-event"
    width = "full"

    def read(self, reader: "Reader", columns: Columns) -> DateOptions:
        """`earliest`, `latest`, `days`."""
        del columns
        bounds = read_bounds(reader)
        code = reader.one_of("days", ["", *(each.code for each in countings())], default="")
        return DateOptions(bounds.earliest, bounds.latest, counting(code) if code else None)

    def schema(self, each: "Field") -> dict[str, Any]:
        """Two dates, and how many days they are."""
        del each
        day = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"}
        return {
            "type": "object",
            "properties": {"from": day, "to": day, "days": {"type": "integer", "minimum": 0}},
            "required": ["from", "to"],
            "additionalProperties": False,
        }

    def accepts(self, each: "Field", rest: tuple[str, ...]) -> bool:
        """The two days; how many they are is not asked."""
        del each
        return rest in (("from",), ("to",))

    def gather(self, each: "Field", sent: Sent) -> dict[str, str]:
        """Two texts."""
        del each
        return {key: sent.get((key,), [""])[0] for key in ("from", "to")}

    def raw(self, each: "Field", value: Any) -> dict[str, str]:
        """Two texts."""
        del each
        return {key: (value or {}).get(key, "") for key in ("from", "to")}

    def is_blank(self, raw: dict[str, str]) -> bool:
        """Neither of them."""
        return not raw["from"].strip() and not raw["to"].strip()

    def clean(self, each: "Field", raw: dict[str, str], context: Context) -> dict[str, Any]:
        """Both days in their order, and how many they are."""
        if not raw["from"].strip() or not raw["to"].strip():
            raise Invalid(_("Write the first and the last day."))
        first, last = (within(date_typed(raw[key]), each.options, context.today) for key in ("from", "to"))
        if last < first:
            raise Invalid(_("The last day is before the first one."))
        value: dict[str, Any] = {"from": first.isoformat(), "to": last.isoformat()}
        if each.options.days is not None:
            try:
                value["days"] = each.options.days.count(first, last)
            except ValueError:
                pass  # a calendar that does not reach so far: the days stay absent
        return value

    def lively(self, each: "Field") -> bool:
        """The number of days follows it."""
        return each.options.days is not None

    def provides(self, each: "Field") -> tuple[str, ...]:
        """`leave_from`, `leave_to`, and `leave_days` if they are counted."""
        names = (f"{each.name}_from", f"{each.name}_to")
        return (*names, f"{each.name}_days") if each.options.days is not None else names

    def values(self, each: "Field", value: Any) -> dict[str, Any]:
        """The days as texts, their number as a number."""
        found = value or {}
        days = found.get("days")
        names = {f"{each.name}_from": found.get("from"), f"{each.name}_to": found.get("to")}
        if each.options.days is not None:
            names[f"{each.name}_days"] = None if days is None else Decimal(days)
        return names

    def text(self, each: "Field", value: Any, context: Context) -> str:
        """5 March 2026 to 6 March 2026, 2 working days."""
        del context
        if not value:
            return ""
        first, last = (moments.day_text(datetime.date.fromisoformat(value[key])) for key in ("from", "to"))
        text = gettext("{first} to {last}").format(first=first, last=last)
        days = days_text(each, value)
        return gettext("{period}, {days}").format(period=text, days=days) if days else text


def days_text(each: "Field", value: Any) -> str:
    """How many days a period has: "2 days", with the way in which they are counted if it is not the calendar's."""
    days = (value or {}).get("days")
    if days is None or each.options.days is None:
        return ""
    text = ngettext("{n} day", "{n} days", days).format(n=days)
    return gettext("{days} ({counted})").format(days=text, counted=each.options.days.title)
