"""The template library `insight`: spans of time and bars."""

from typing import Any

from django import template
from django.utils.safestring import SafeString

from asp.ui.text import localized
from office.workflow.insight import charts, words

register = template.Library()


def _number(value: Any) -> float | None:
    # What is missing comes to a filter as an empty text.
    return value if isinstance(value, int | float) else None


@register.filter
def elapsed(seconds: Any) -> str:
    """A span by the clock; nothing known is a dash."""
    return words.elapsed_text(_number(seconds))


@register.filter
def worked(seconds: Any, workday: int) -> str:
    """A span of working time; `workday` is how many seconds are worked in a day."""
    return words.worked_text(_number(seconds), workday)


@register.filter
def share(value: Any) -> str:
    """0.125 as 13 %."""
    return words.percent(_number(value))


@register.filter
def named(report: Any, place: str) -> str:
    """What a step of a report is called."""
    return str(report.name(place))


@register.simple_tag
def meter(value: float, most: float, kind: str = "") -> SafeString:
    """A bar in a cell."""
    return charts.meter(value or 0, most or 0, kind)


@register.simple_tag
def week_chart(weeks: Any) -> SafeString:
    """What began and what was completed, week by week."""
    return charts.week_chart(weeks)


@register.filter
def place_name(names: Any, place: str) -> str:
    """What a step of a simulation is called in the reader's language; `names` are those of its result."""
    name, name_en = names.get(place) or (place, "")
    return localized({"name": name, "name_en": name_en})
