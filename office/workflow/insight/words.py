"""Figures in words: times as people say them, and what holds a process up."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from asp.ui.moments import day_text
from office.workflow.insight.figures import Counts, Load, StepFigures, Variants, Waiting

HOUR = 3600
DAY = 86_400
# Below these nothing is said: a few cases are chance.
FEWEST = 5
FEWEST_RETURNS = 3
MOST_SAID = 7


def elapsed_text(seconds: float | None) -> str:
    """A span by the clock: 40 min, 5.5 h, 3.2 days."""
    if seconds is None:
        return "–"
    if seconds < HOUR:
        return _("{n} min").format(n=round(seconds / 60))
    if seconds < DAY:
        return _("{n} h").format(n=_number(seconds / HOUR))
    return _("{n} days").format(n=_number(seconds / DAY))


def worked_text(seconds: float | None, workday: int) -> str:
    """A span of working time: minutes, hours, then working days of so many seconds."""
    if seconds is None:
        return "–"
    if seconds < HOUR:
        return _("{n} working min").format(n=round(seconds / 60))
    if seconds < workday:
        return _("{n} working h").format(n=_number(seconds / HOUR))
    return _("{n} working days").format(n=_number(seconds / workday))


def percent(share: float | None) -> str:
    """0.125 as 13 %."""
    return "–" if share is None else f"{round(100 * share)} %"


def _number(value: float) -> str:
    return number_format(
        round(value, 1), decimal_pos=0 if value >= 10 or round(value, 1) == int(value) else 1
    )


@dataclass(frozen=True, slots=True)
class Remark:
    """A sentence about what holds a process up. `level`: bad, warn or plain; `place`: the step it is about."""

    level: str
    text: str
    place: str = ""


def bottlenecks(
    *,
    counts: Counts,
    steps: Sequence[StepFigures],
    waiting: Sequence[Waiting],
    variants: Variants,
    people: Sequence[Load],
    name: Callable[[str], str],
    workday: int,
) -> list[Remark]:
    """What to look at first, the worst before the rest; nothing where there is too little to say anything."""
    found = [
        *_stranded(waiting, name),
        *_late_now(counts, people),
        *_piles(waiting, name),
        *_slow(steps, name, workday),
        *_unopened(steps, name),
        *_returned(steps, variants, name),
        *_late(steps, name),
    ]
    order = {"bad": 0, "warn": 1, "plain": 2}
    return sorted(found, key=lambda each: order[each.level])[:MOST_SAID]


def _stranded(waiting: Sequence[Waiting], name: Callable[[str], str]) -> Iterator[Remark]:
    for each in waiting:
        if each.stranded:
            text = ngettext(
                "“{step}” has {n} case that nobody can do: say who does it.",
                "“{step}” has {n} cases that nobody can do: say who does them.",
                each.stranded,
            )
            yield Remark("bad", text.format(step=name(each.place), n=each.stranded), each.place)


def _late_now(counts: Counts, people: Sequence[Load]) -> Iterator[Remark]:
    if counts.late:
        text = ngettext(
            "{n} of {open} instances in progress is late.",
            "{n} of {open} instances in progress are late.",
            counts.late,
        )
        yield Remark("bad", text.format(n=counts.late, open=counts.running))
    overdue = sum(each.overdue for each in people)
    if overdue >= FEWEST and people[0].overdue * 2 >= overdue:
        text = _("{name} has {n} of the {all} overdue items: can somebody help out?")
        yield Remark("warn", text.format(name=people[0].name, n=people[0].overdue, all=overdue))


def _piles(waiting: Sequence[Waiting], name: Callable[[str], str]) -> Iterator[Remark]:
    total = sum(each.count for each in waiting)
    if not waiting or total < FEWEST:
        return
    most = max(waiting, key=lambda each: each.count)
    if most.count * 5 >= total * 2:
        text = _("{share} of everything that waits, waits at “{step}” ({n}); the oldest since {day}.")
        said = text.format(
            share=percent(most.count / total), step=name(most.place), n=most.count, day=day_text(most.oldest)
        )
        yield Remark("warn" if most.late else "plain", said, most.place)


def _slow(steps: Sequence[StepFigures], name: Callable[[str], str], workday: int) -> Iterator[Remark]:
    known = [each for each in steps if each.count >= FEWEST]
    total = sum(each.worked.median * each.count for each in known)
    if not total:
        return
    most = max(known, key=lambda each: each.worked.median * each.count)
    share = most.worked.median * most.count / total
    if share >= 0.3 and len(known) > 1:
        text = _(
            "“{step}” takes {share} of the time: half of the cases need more than {median}, one in ten more than {p90}."
        )
        said = text.format(
            step=name(most.place),
            share=percent(share),
            median=worked_text(most.worked.median, workday),
            p90=worked_text(most.worked.p90, workday),
        )
        yield Remark("warn", said, most.place)
    for each in known:
        if each.worked.p90 > 5 * each.worked.median and each.worked.p90 > workday:
            text = _("“{step}” is uneven: usually {median}, but one in ten takes more than {p90}.")
            said = text.format(
                step=name(each.place),
                median=worked_text(each.worked.median, workday),
                p90=worked_text(each.worked.p90, workday),
            )
            yield Remark("plain", said, each.place)


def _unopened(steps: Sequence[StepFigures], name: Callable[[str], str]) -> Iterator[Remark]:
    for each in steps:
        lies = each.unopened or 0
        if each.count >= FEWEST and lies >= 4 * HOUR and lies * 2 >= each.elapsed.median:
            text = _("At “{step}” most of the time passes before anybody opens it: {time} usually.")
            yield Remark("plain", text.format(step=name(each.place), time=elapsed_text(lies)), each.place)


def _returned(
    steps: Sequence[StepFigures], variants: Variants, name: Callable[[str], str]
) -> Iterator[Remark]:
    for each in steps:
        if each.returned >= FEWEST_RETURNS and each.returned_share >= 0.1:
            text = _(
                "“{step}” sends back {share} of what comes to it ({n} times): is something missing before?"
            )
            said = text.format(step=name(each.place), share=percent(each.returned_share), n=each.returned)
            yield Remark("warn", said, each.place)
    if variants.total >= FEWEST and (variants.rework or 0) >= 0.2:
        text = _("{share} of the completed instances had to go back at least once.")
        yield Remark("plain", text.format(share=percent(variants.rework)))


def _late(steps: Sequence[StepFigures], name: Callable[[str], str]) -> Iterator[Remark]:
    for each in steps:
        if each.with_deadline >= FEWEST and each.late_share >= 0.2:
            text = _("“{step}” was late in {n} of {all} cases ({share}): is its deadline right?")
            said = text.format(
                step=name(each.place), n=each.late, all=each.with_deadline, share=percent(each.late_share)
            )
            yield Remark("warn", said, each.place)
