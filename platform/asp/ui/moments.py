"""Days and moments as people write them: 2026年3月5日, 3 March 2026; always in Asia/Shanghai."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import formats, timezone
from django.utils.translation import gettext, ngettext

from asp.ui.text import reads_chinese

SHANGHAI = ZoneInfo("Asia/Shanghai")

CHINESE = {"day": "Y年n月j日", "day_short": "n月j日", "time": "H:i", "join": "{day} {time}"}
ENGLISH = {"day": "j F Y", "day_short": "j F", "time": "H:i", "join": "{day}, {time}"}


def _style() -> dict[str, str]:
    return CHINESE if reads_chinese() else ENGLISH


def local(value: datetime) -> datetime:
    """The instant on Shanghai's clock. A naive value is taken as UTC, which is what we store."""
    if timezone.is_naive(value):
        value = value.replace(tzinfo=ZoneInfo("UTC"))
    return value.astimezone(SHANGHAI)


def today() -> date:
    """The date in Asia/Shanghai."""
    return timezone.now().astimezone(SHANGHAI).date()


def day_text(value: Any) -> str:
    """A date (or the date of an instant): 2026年3月5日, 5 March 2026. Nothing for None."""
    if not value:
        return ""
    if isinstance(value, datetime):
        value = local(value).date()
    return formats.date_format(value, _style()["day"], use_l10n=False)


def moment_text(value: Any) -> str:
    """An instant in full: 2026年3月5日 14:05, 5 March 2026, 14:05."""
    if not value:
        return ""
    if not isinstance(value, datetime):
        return day_text(value)
    moment = local(value)
    style = _style()
    return style["join"].format(day=day_text(value), time=formats.time_format(moment, style["time"]))


def short_text(value: Any) -> str:
    """An instant as a list shows it: 今天 09:48, 昨天 17:02, 3月5日 10:40, 2025年12月18日."""
    if not value:
        return ""
    if not isinstance(value, datetime):
        return day_text(value)
    moment = local(value)
    style = _style()
    clock = formats.time_format(moment, style["time"])
    now = today()
    if moment.date() == now:
        return gettext("today {time}").format(time=clock)
    if moment.date() == now - timedelta(days=1):
        return gettext("yesterday {time}").format(time=clock)
    if moment.year == now.year:
        day = formats.date_format(moment.date(), style["day_short"], use_l10n=False)
        return style["join"].format(day=day, time=clock)
    return day_text(value)


def since_text(value: datetime | None, now: datetime | None = None) -> str:
    """How long ago: just now, 3 minutes ago, 2 hours ago, then the day."""
    if not value:
        return ""
    seconds = ((now or timezone.now()) - value).total_seconds()
    if seconds < 60:
        return gettext("just now")
    minutes = int(seconds // 60)
    if minutes < 60:
        return ngettext("{n} minute ago", "{n} minutes ago", minutes).format(n=minutes)
    hours = minutes // 60
    if hours < 24:
        return ngettext("{n} hour ago", "{n} hours ago", hours).format(n=hours)
    return short_text(value)
