"""Probes (隔离探针): each really tries what the border between bureaus forbids, and tells what happened.

    @probe("cache.prefix", control="3.cache", title=_("…"), explanation=_("…"))
    def prefix() -> Finding:
        return held(_("…")) if … else broken(_("…"))

An app declares those of its own controls in `isolation_probes.py`. A probe runs on a bureau's site under the
bureau's role, in a transaction that is undone; what it leaves elsewhere it takes away itself. It may raise: then it
was not tried, which is never taken for a success. Texts are msgids with places in braces, for readers who are no
technicians.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise

# Who might do harm, by the rows of the table of threats that concern the border; see docs/operations/isolation.md.
ROWS: Mapping[int, Text] = {
    1: _("Staff of other offices"),
    2: _("Tables that offices share with the host"),
    3: _("Cache, sessions, search, queues and counters"),
    5: _("The way up to the host, and other offices' addresses"),
    8: _("The host's administrators"),
    10: _("Background work and the database login"),
    11: _("Stored files and secret fields"),
    12: _("The audit log"),
    14: _("Stolen sessions"),
    16: _("Repeated requests and tasks"),
}
CONTROL = re.compile(r"(?P<row>\d+)\.[a-z][a-z-]*\Z")
REFUSED = _("It was refused, as it has to be.")


class Outcome(StrEnum):
    """How a border behaved."""

    HELD = "held"
    BROKEN = "broken"
    NOT_TRIED = "not_tried"


@dataclass(frozen=True)
class Finding:
    """What a probe saw, in words with places for `params`."""

    outcome: Outcome
    text: Text
    params: Mapping[str, object] = field(default_factory=dict)


Run = Callable[[], Finding]


@dataclass(frozen=True)
class Probe:
    """One attempt. `control` is the stable id of what it tries: the row of the table of threats and a word."""

    code: str
    control: str
    title: Text
    explanation: Text
    run: Run

    @property
    def row(self) -> int:
        """The row of the table of threats."""
        return row_of(self.control)


_probes: dict[str, Probe] = {}


def held(text: Text = REFUSED, **params: object) -> Finding:
    """The border held."""
    return Finding(Outcome.HELD, text, params)


def broken(text: Text, **params: object) -> Finding:
    """Something went through."""
    return Finding(Outcome.BROKEN, text, params)


def not_tried(text: Text, **params: object) -> Finding:
    """It could not be tried, and why."""
    return Finding(Outcome.NOT_TRIED, text, params)


def row_of(control: str) -> int:
    """Return the row that a control's id names. Raises ValueError for an id that is none."""
    match = CONTROL.match(control)
    if match is None or int(match["row"]) not in ROWS:
        raise ValueError(f"not a control: {control!r}")
    return int(match["row"])


def probe(code: str, *, control: str, title: Text, explanation: Text) -> Callable[[Run], Run]:
    """Declare the function below as a probe. Raises ValueError for a code that exists or an unknown control."""
    row_of(control)

    def declare(run: Run) -> Run:
        known = _probes.get(code)
        if known is not None and known.run is not run:
            raise ValueError(f"two probes are called {code}")
        _probes[code] = Probe(code, control, title, explanation, run)
        return run

    return declare


def registered() -> list[Probe]:
    """Return every declared probe by rows; within one, as they were declared."""
    return sorted(_probes.values(), key=lambda each: each.row)


def find(code: str) -> Probe | None:
    """Return one probe, or None if the code no longer has it."""
    return _probes.get(code)
