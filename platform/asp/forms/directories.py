"""Where fields find people (人员) and departments (部门). `office.organization` fills this registry.

A site without a directory of a kind has no such fields to fill in: the citizens' hall picks nobody.
"""

import uuid
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Final

PERSON: Final = "person"
DEPARTMENT: Final = "department"
KINDS: Final = (PERSON, DEPARTMENT)


@dataclass(frozen=True, slots=True)
class Entry:
    """One person or department as a form shows it."""

    id: uuid.UUID
    label: str
    detail: str = ""


@dataclass(frozen=True)
class Directory:
    """How entries of one kind are found.

    `search(words, limit)` finds those who may be chosen; `labels(ids)` names any that still exist, also those who may
    not be chosen any more; `usable(ids)` says which of them may be chosen now.
    """

    kind: str
    search: Callable[[str, int], Iterable[Entry]]
    labels: Callable[[Collection[uuid.UUID]], Iterable[Entry]]
    usable: Callable[[Collection[uuid.UUID]], Collection[uuid.UUID]]


_directories: dict[str, Directory] = {}


def directory_register(directory: Directory) -> None:
    """Let fields find one more kind. Called from `AppConfig.ready`."""
    if directory.kind not in KINDS:
        raise ValueError(f"no field finds {directory.kind}")
    _directories[directory.kind] = directory


def directory(kind: str) -> Directory | None:
    """The directory of a kind, or None where there is none."""
    return _directories.get(kind)
