"""Bars as SVG: without JavaScript, coloured by classes, with every figure as text for who cannot see them."""

from collections.abc import Sequence
from math import ceil

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from asp.ui.moments import day_text
from office.workflow.insight.figures import Week

HEIGHT, BOTTOM, TOP, LEFT = 168, 140, 12, 34
NARROW, WIDE, LABEL = 14, 600, 38


def week_chart(weeks: Sequence[Week]) -> SafeString:
    """What began and what was completed, week by week."""
    group = max((WIDE - LEFT) / max(len(weeks), 1), NARROW)
    width, bar = round(LEFT + group * max(len(weeks), 1)), min(group * 0.36, 22)
    most = max((max(each.started, each.completed) for each in weeks), default=0) or 1
    step = ceil(LABEL / group)
    bars, labels = [], []
    for number, week in enumerate(weeks):
        middle = LEFT + (number + 0.5) * group
        spoken = _("Week of {day}: {started} started, {completed} completed").format(
            day=day_text(week.first), started=week.started, completed=week.completed
        )
        bars.append(
            (
                spoken,
                *_bar(middle - bar - 0.5, bar, week.started, most),
                *_bar(middle + 0.5, bar, week.completed, most),
            )
        )
        if number % step == 0:
            labels.append((f"{middle:.1f}", HEIGHT - 10, f"{week.first.month}/{week.first.day}"))
    title = _("Started and completed, week by week")
    return format_html(
        '<svg class="tb-chart is-weeks" viewBox="0 0 {} {}" role="img" aria-label="{}">'
        '<line x1="{}" y1="{}" x2="{}" y2="{}"/><line x1="{}" y1="{}" x2="{}" y2="{}"/>'
        '<text class="is-axis" x="{}" y="{}">{}</text><text class="is-axis" x="{}" y="{}">0</text>{}{}</svg>',
        width, HEIGHT, title,
        LEFT, BOTTOM, width, BOTTOM, LEFT, TOP, width, TOP,
        LEFT - 6, TOP + 4, most, LEFT - 6, BOTTOM + 4,
        format_html_join(
            "",
            '<g><title>{}</title><rect class="is-started" x="{}" width="{}" y="{}" height="{}"/>'
            '<rect class="is-completed" x="{}" width="{}" y="{}" height="{}"/></g>',
            bars,
        ),
        format_html_join("", '<text x="{}" y="{}">{}</text>', labels),
    )  # fmt: skip


def meter(value: float, most: float, kind: str = "") -> SafeString:
    """A bar inside a cell, beside its figure. `kind` is a class: is-late, is-quiet."""
    width = 0.0 if most <= 0 else max(0.0, min(100.0, 100 * value / most))
    return format_html(
        '<svg class="tb-meter {}" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true"'
        ' focusable="false"><rect class="is-ground" width="100" height="6"/><rect width="{}" height="6"/></svg>',
        kind,
        f"{width:.1f}",
    )


def _bar(x: float, width: float, count: int, most: int) -> tuple[str, str, str, str]:
    height = (BOTTOM - TOP) * count / most
    return f"{x:.1f}", f"{width:.1f}", f"{BOTTOM - height:.1f}", f"{height:.1f}"
