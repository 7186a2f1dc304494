"""The departments of a bureau as a tree, read with one query."""

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from asp.ui.text import localized
from office.organization.models import Department

SEPARATOR = "/"


@dataclass(frozen=True, slots=True)
class Node:
    """A department in its place; `depth` 1 is the top."""

    department: Department
    depth: int
    is_first: bool
    is_last: bool
    has_children: bool

    @property
    def indent(self) -> range:
        """One step for each level between the top and this department's parent."""
        return range(self.depth - 2)


class Tree:
    """All standing departments, with the dissolved ones aside."""

    def __init__(self, departments: Iterable[Department] | None = None) -> None:
        rows = Department.objects.all() if departments is None else departments
        self.by_id: dict[uuid.UUID, Department] = {}
        self.dissolved: dict[uuid.UUID, Department] = {}
        for each in rows:
            (self.dissolved if each.is_dissolved else self.by_id)[each.id] = each
        self._children: dict[uuid.UUID | None, list[Department]] = {}
        for each in sorted(self.by_id.values(), key=lambda one: (one.sort, one.id)):
            self._children.setdefault(each.parent_id, []).append(each)

    def __len__(self) -> int:
        return len(self.by_id)

    def children(self, parent: uuid.UUID | None) -> list[Department]:
        """The departments directly below `parent` (None: the top), in order."""
        return self._children.get(parent, [])

    def lineage(self, key: uuid.UUID) -> list[Department]:
        """The department and everything above it, itself first."""
        line: list[Department] = []
        seen: set[uuid.UUID] = set()
        at: uuid.UUID | None = key
        while at is not None and at in self.by_id and at not in seen:
            seen.add(at)
            line.append(self.by_id[at])
            at = self.by_id[at].parent_id
        return line

    def below(self, key: uuid.UUID) -> set[uuid.UUID]:
        """The keys of the department and everything below it."""
        found: set[uuid.UUID] = set()
        waiting = [key]
        while waiting:
            at = waiting.pop()
            if at not in found:
                found.add(at)
                waiting += [child.id for child in self.children(at)]
        return found

    def height(self, key: uuid.UUID) -> int:
        """How many levels the department takes with those below it; alone it is 1."""
        return 1 + max((self.height(child.id) for child in self.children(key)), default=0)

    def depth(self, key: uuid.UUID | None) -> int:
        """The level of a department, 1 at the top; 0 for the bureau itself."""
        return len(self.lineage(key)) if key else 0

    def path(self, key: uuid.UUID, *, language: str | None = None) -> str:
        """`办公室/文秘科`, in the reader's language or in `language`."""
        line = self.lineage(key) or [self.dissolved[key]] * (key in self.dissolved)
        return SEPARATOR.join(localized(each, language=language) for each in reversed(line))

    def walk(self, *, without: set[uuid.UUID] = frozenset()) -> Iterator[Node]:  # type: ignore[assignment]
        """Every department in reading order, leaving out the branches that begin in `without`."""
        yield from self._walk(None, 1, without)

    def _walk(self, parent: uuid.UUID | None, depth: int, without: set[uuid.UUID]) -> Iterator[Node]:
        row = self.children(parent)
        for place, each in enumerate(row):
            if each.id in without:
                continue
            below = self.children(each.id)
            yield Node(each, depth, place == 0, place == len(row) - 1, bool(below))
            yield from self._walk(each.id, depth + 1, without)

    def order(self) -> dict[uuid.UUID, int]:
        """The place of each department in reading order, for sorting people (通讯录 order)."""
        return {node.department.id: place for place, node in enumerate(self.walk())}
