"""What comes next, for the part of a form that says it and asks for people."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from asp.accounts.models import Account
from asp.forms.directories import PERSON, Entry, directory
from asp.ui.errors import UserFacingError
from asp.ui.text import localized

if TYPE_CHECKING:
    from office.workflow.services import Next

PEOPLE = 6


@dataclass(frozen=True)
class Picker:
    """Somebody has to choose who does a step; `chosen` is who was chosen so far."""

    node: str
    label: str
    key: str
    chosen: list[Entry]


@dataclass(frozen=True)
class Place:
    """One step that would come next."""

    name: str
    people: str
    ends: bool
    to_choose: bool


@dataclass(frozen=True)
class Way:
    """What follows one outcome; `fault` says why nothing can follow."""

    value: str
    label: str
    places: list[Place] = field(default_factory=list)
    fault: str = ""


@dataclass(frozen=True)
class Ways:
    """What follows each outcome, and whom to choose."""

    ways: list[Way]
    pickers: list[Picker]


Outlook = tuple[str, str, "Callable[[], list[Next]]"]


def ways_of(outlooks: Sequence[Outlook], chosen: Mapping[str, Sequence[uuid.UUID]]) -> Ways:
    """Ask for what follows each outcome (value, label, question). A way that does not exist says why."""
    ways, wanted = [], {}
    for value, label, question in outlooks:
        try:
            found = question()
        except UserFacingError as error:
            ways.append(Way(value, label, fault=error.text))
            continue
        places = [Place(localized(each), _names(each.people), each.ends, each.to_choose) for each in found]
        ways.append(Way(value, label, places))
        for each in found:
            if each.to_choose:
                wanted[each.node] = localized(each)
    return Ways(
        ways,
        [Picker(node, name, f"to.{node}", entries_of(chosen.get(node, ()))) for node, name in wanted.items()],
    )


def entries_of(ids: Sequence[uuid.UUID]) -> list[Entry]:
    """People as pickers show them, in the order given."""
    known = directory(PERSON)
    if not ids or known is None:
        return []
    found = {each.id: each for each in known.labels(list(ids))}
    return [found[each] for each in ids if each in found]


def _names(people: Sequence[Account]) -> str:
    from django.utils.translation import gettext

    names = [localized(each) for each in people]
    text = gettext(", ").join(names[:PEOPLE])
    return f"{text} …" if len(names) > PEOPLE else text
