"""The register as a spreadsheet: every number with its state, and the accounts of each register."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from asp.audit.exporting.lines import Column, Value
from asp.ui.moments import day_text, local, today
from asp.ui.text import localized
from office.documents.kinds import Kind
from office.documents.models import ActKind, Number, NumberAct, NumberState
from office.documents.selectors.numbers import Wanted, accounts_of, numbers_of
from tenants.context import current_site

EXPORT = "documents.register_export"
CHUNK = 2000


def columns() -> list[Column]:
    """The columns in the reader's language."""
    return [
        Column(_("Document number"), 24),
        Column(_("State"), 12),
        Column(_("Type"), 12),
        Column(_("Title"), 60),
        Column(_("Addressee"), 30),
        Column(_("Signed by"), 12),
        Column(_("Signed on"), 12),
        Column(_("Department"), 20),
        Column(_("Reserved until"), 14),
        Column(_("Last act"), 20),
        Column(_("By"), 12),
        Column(_("Reason"), 40),
        Column(_("Time (Asia/Shanghai)"), 20),
    ]


def rows(wanted: Wanted) -> Iterator[list[Value]]:
    """Each number that fits, in the order of the page; never more than a chunk in memory."""
    words = _Words()
    found = numbers_of(wanted)
    keys = list(found.values_list("pk", flat=True))
    for start in range(0, len(keys), CHUNK):
        part = Number.objects.in_bulk(keys[start : start + CHUNK])
        acts = _last_acts(list(part))
        for key in keys[start : start + CHUNK]:
            if key in part:
                yield _row(words, part[key], acts.get(key))


def _last_acts(keys: list[Any]) -> dict[Any, NumberAct]:
    rows = NumberAct.objects.filter(number__in=keys).order_by("number_id", "-position").distinct("number_id")
    return {each.number_id: each for each in rows}


class _Words:
    """The words of choices, looked up once: `get_…_display` translates every choice for every row."""

    def __init__(self) -> None:
        self.states, self.kinds, self.acts = (
            {value: str(label) for value, label in each.choices} for each in (NumberState, Kind, ActKind)
        )


def _row(words: _Words, number: Number, act: NumberAct | None) -> list[Value]:
    return [
        number.text,
        words.states[number.state],
        words.kinds.get(number.kind, ""),
        number.title,
        number.addressee,
        number.signer,
        number.signed_on,
        number.department,
        number.reserved_until,
        words.acts[act.kind] if act else "",
        act.by_name if act else "",
        act.reason if act else "",
        local(number.changed_at).replace(tzinfo=None, microsecond=0),
    ]


def about(wanted: Wanted, *, by: str, count: int) -> list[tuple[str, str]]:
    """What the spreadsheet says of itself: whose it is, and how each register stands."""
    lines = [
        (_("Register of document numbers of"), localized(current_site().bureau)),
        (_("Exported by"), by),
        (_("Exported on"), day_text(today())),
        (_("Number of rows"), str(count)),
    ]
    for each in accounts_of(wanted):
        if not each.given and each.holds:
            continue
        said = _(
            "{first} to {last}: {used} used, {reserved} reserved, {void} void, {free} released; {verdict}"
        )
        verdict = (
            _("all accounted for")
            if each.holds
            else _("not accounted for: {missing}").format(missing="、".join(each.missing))
        )
        lines.append(
            (
                str(each.series.code),
                said.format(
                    first=each.first_text,
                    last=each.last_text,
                    verdict=verdict,
                    **{state: each.states[state] for state in NumberState.values},
                ),
            )
        )
    return lines
