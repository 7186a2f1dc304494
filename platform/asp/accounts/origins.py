"""Where an office's roles may come from besides itself. Who proposes some registers here; the roles page shows them."""

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from asp.accounts.models import Role
    from asp.audit.actor import Actor


@dataclass(frozen=True, slots=True)
class Proposed:
    """A role that was proposed to the office, in the reader's language.

    `mark` and `state` say what became of it, `waits` whether somebody should decide; `role_id` is the role that was
    made of it, if there is one.
    """

    title: str
    description: str
    mark: str
    state: str
    url: str
    waits: bool
    role_id: uuid.UUID | None


Provider = Callable[[], Iterable[Proposed]]
Removed = Callable[["Actor", "Role"], None]
_providers: list[Provider] = []
_removed: list[Removed] = []


def register(provider: Provider, *, on_removal: Removed) -> None:
    """Have `provider` asked whenever somebody looks at the roles, and `on_removal` told of a role that goes."""
    if provider not in _providers:
        _providers.append(provider)
        _removed.append(on_removal)


def role_removed(*, actor: "Actor", role: "Role") -> None:
    """Tell those who proposed it that a role is about to be removed, in the transaction that does it."""
    for callback in _removed:
        callback(actor, role)


def proposed() -> list[Proposed]:
    """Everything that is proposed to the current office; what waits for a decision first."""
    found = [each for provider in _providers for each in provider()]
    return sorted(found, key=lambda each: (not each.waits, each.title))
