"""Why deadlines moved, as it is stored and as it is read."""

import datetime
from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_noop

from asp.jobs.values import fill
from asp.ui.moments import day_text
from asp.ui.text import reads_chinese

COUNTRY = "country"
LOCAL_OFF = "local_off"
LOCAL_WORK = "local_work"
LOCAL_GONE = "local_gone"
HOURS = "hours"

TEXTS: Mapping[str, str | Promise] = {
    COUNTRY: gettext_noop("The arrangement of {year} was imported ({notice})"),
    LOCAL_OFF: gettext_noop("{day} is off in this office: {reason}"),
    LOCAL_WORK: gettext_noop("{day} is worked in this office: {reason}"),
    LOCAL_GONE: gettext_noop("The rule for {day} was removed: {reason}"),
    HOURS: gettext_noop("Office hours were changed"),
}


def reason(code: str, **params: Any) -> dict[str, Any]:
    """Return a reason as it is stored."""
    return {"code": code, "params": params}


def reasons_text(stored: list[dict[str, Any]]) -> str:
    """Return stored reasons in words."""
    return ("；" if reads_chinese() else "; ").join(_text(each) for each in stored)


def _text(stored: dict[str, Any]) -> str:
    text = TEXTS.get(stored["code"])
    params = dict(stored.get("params", {}))
    if "day" in params:
        params["day"] = day_text(datetime.date.fromisoformat(params["day"]))
    if not params.get("notice", "-"):
        params["notice"] = gettext("Table of dates")
    return fill(gettext(str(text)), params) if text else str(stored["code"])
