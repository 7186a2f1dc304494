"""Places the elements of a definition from left to right, in columns and rows.

What comes after something stands to its right; the first way out goes straight on, others take the rows
beside it. Flows that go back or jump over something run in channels of their own below everything.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from office.workflow.bpmn.elements import Definition, Node
from office.workflow.bpmn.gate.graph import links

Point = tuple[float, float]
COLUMN_GAP = 60
ROW = 120
CHANNEL = 20
MARGIN = 40


@dataclass(frozen=True, slots=True)
class Box:
    """Where an element stands."""

    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> Point:
        """Its centre."""
        return self.x + self.width / 2, self.y + self.height / 2

    @property
    def right(self) -> float:
        """Its right border."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """Its lower border."""
        return self.y + self.height

    def moved(self, x: float, y: float) -> "Box":
        """The same box elsewhere."""
        return replace(self, x=self.x + x, y=self.y + y)


@dataclass(frozen=True, slots=True)
class Picture:
    """Boxes of elements, lines of flows."""

    boxes: Mapping[str, Box]
    lines: Mapping[str, tuple[Point, ...]]


def layout(definition: Definition) -> Picture:
    """Place everything."""
    boxes: dict[str, Box] = {}
    lines: dict[str, tuple[Point, ...]] = {}
    # Inner scopes first: a sub-process is as large as what is in it.
    scopes = sorted(definition.scopes, key=lambda each: -_depth(definition, each))
    inner: dict[str, Picture] = {}
    for scope in scopes:
        inner[scope] = _Scope(definition, scope, inner).place()
    pending = [(definition.id, 100.0, 80.0)]
    while pending:
        scope, x, y = pending.pop()
        picture = inner[scope]
        for node, box in picture.boxes.items():
            boxes[node] = box.moved(x, y)
            if node in definition.scopes:
                pending.append((node, boxes[node].x + MARGIN, boxes[node].y + MARGIN))
        for flow, points in picture.lines.items():
            lines[flow] = tuple((each_x + x, each_y + y) for each_x, each_y in points)
    return Picture(boxes, lines)


def _depth(definition: Definition, scope: str) -> int:
    depth = 0
    while scope in definition.nodes:
        scope = definition.nodes[scope].scope
        depth += 1
    return depth


class _Scope:
    def __init__(self, definition: Definition, scope: str, inner: Mapping[str, Picture]) -> None:
        self.definition = definition
        self.inner = inner
        self.nodes = [definition.nodes[each] for each in definition.scopes[scope]]
        self.placed = [each for each in self.nodes if not each.attached]
        self.sizes = {each.id: self._size(each) for each in self.nodes}
        self.following = self._following(links(definition, scope))
        self.columns: dict[str, int] = {}
        self.rows: dict[str, int] = {}
        self.boxes: dict[str, Box] = {}
        self.back: set[tuple[str, str]] = set()

    def place(self) -> Picture:
        """The picture of this scope, its upper left corner at 0, 0."""
        self._assign_columns()
        self._assign_rows()
        self._boxes()
        lines = self._lines()
        return Picture(self.boxes, lines)

    def _size(self, node: Node) -> tuple[float, float]:
        if node.kind.endswith("Event"):
            return 36, 36
        if node.kind.endswith("Gateway"):
            return 50, 50
        if node.kind == "subProcess" and node.id in self.inner:
            picture = self.inner[node.id]
            points = [(box.right, box.bottom) for box in picture.boxes.values()]
            points += [point for line in picture.lines.values() for point in line]
            width = max((x for x, _ in points), default=100) + 2 * MARGIN
            height = max((y for _, y in points), default=60) + 2 * MARGIN
            return width, height
        return 100, 80

    def _following(self, jumps: Mapping[str, str]) -> dict[str, list[str]]:
        """What comes after each node; the default way first, then those of events on its border."""
        following: dict[str, list[str]] = {}
        for node in self.placed:
            flows = self.definition.outgoing(node.id)
            flows.sort(key=lambda each: each.id != node.default)
            targets = [each.target for each in flows]
            for event in self.definition.boundaries.get(node.id, ()):
                targets += [each.target for each in self.definition.outgoing(event)]
            if node.id in jumps:
                targets.append(jumps[node.id])
            following[node.id] = [each for each in dict.fromkeys(targets) if each in self.sizes]
        return following

    def _assign_columns(self) -> None:
        order: list[str] = []
        state: dict[str, int] = {}
        roots = [each.id for each in self.placed if each.starts_scope] + [each.id for each in self.placed]
        for root in roots:
            if root in state:
                continue
            state[root] = 1
            work = [(root, iter(self.following[root]))]
            while work:
                node, rest = work[-1]
                for target in rest:
                    if state.get(target) == 1:
                        self.back.add((node, target))
                    elif target not in state:
                        state[target] = 1
                        work.append((target, iter(self.following.get(target, ()))))
                        break
                else:
                    state[node] = 2
                    order.append(node)
                    work.pop()
        for node in reversed(order):
            self.columns.setdefault(node, 0)
            for target in self.following.get(node, ()):
                if (node, target) not in self.back:
                    self.columns[target] = max(self.columns.get(target, 0), self.columns[node] + 1)
        self.order = order[::-1]

    def _assign_rows(self) -> None:
        taken: dict[int, set[int]] = {}
        sources: dict[str, list[str]] = {}
        for node in sorted(self.order, key=lambda each: self.columns[each]):
            wanted = self.rows.get(node, 0)
            parents = sources.get(node, [])
            if len(parents) > 1:
                # Branches meet in the row nearest to the main line.
                wanted = min((self.rows[each] for each in parents), key=abs)
            column = taken.setdefault(self.columns[node], set())
            row = next(each for each in _around(wanted) if each not in column)
            column.add(row)
            self.rows[node] = row
            ahead = [each for each in self.following.get(node, ()) if (node, each) not in self.back]
            for index, target in enumerate(ahead):
                sources.setdefault(target, []).append(node)
                self.rows.setdefault(target, row + index if index < 2 else row - index + 1)

    def _boxes(self) -> None:
        if not self.placed:
            return
        widths: dict[int, float] = {}
        heights: dict[int, float] = {}
        for node in self.placed:
            width, height = self.sizes[node.id]
            column, row = self.columns[node.id], self.rows[node.id]
            widths[column] = max(widths.get(column, 0), width)
            heights[row] = max(heights.get(row, ROW - 40), height)
        lefts, tops, x, y = {}, {}, 0.0, 0.0
        for column in sorted(widths):
            lefts[column] = x
            x += widths[column] + COLUMN_GAP
        for row in sorted(heights):
            tops[row] = y
            y += heights[row] + 40
        for node in self.placed:
            width, height = self.sizes[node.id]
            column, row = self.columns[node.id], self.rows[node.id]
            left = lefts[column] + (widths[column] - width) / 2
            self.boxes[node.id] = Box(left, tops[row] + (heights[row] - height) / 2, width, height)
        for node in self.nodes:
            if node.attached:
                host = self.boxes.get(node.attached, Box(0, 0, 100, 80))
                place = self.definition.boundaries[node.attached].index(node.id)
                self.boxes[node.id] = Box(host.x + 12 + 42 * place, host.bottom - 18, 36, 36)

    def _lines(self) -> dict[str, tuple[Point, ...]]:
        lines: dict[str, tuple[Point, ...]] = {}
        floor = max((each.bottom for each in self.boxes.values()), default=0) + CHANNEL
        channels: list[list[tuple[float, float]]] = []
        for node in self.nodes:
            for flow in self.definition.outgoing(node.id):
                source, target = self.boxes[flow.source], self.boxes[flow.target]
                if node.attached:
                    lines[flow.id] = _from_border(source, target)
                elif target.x >= source.right and not self._between(flow.source, flow.target):
                    lines[flow.id] = _ahead(source, target)
                else:
                    start, end = sorted((source.middle[0], target.middle[0]))
                    channel = _free(channels, start, end)
                    below = floor + channel * CHANNEL
                    lines[flow.id] = (
                        (source.middle[0], source.bottom),
                        (source.middle[0], below),
                        (target.middle[0], below),
                        (target.middle[0], target.bottom),
                    )
        return lines

    def _between(self, source: str, target: str) -> bool:
        """Whether something stands in the way of a straight line, in the row of the source or the target."""
        first, last = self.columns[source], self.columns[target]
        rows = {self.rows[source], self.rows[target]}
        return any(
            first < self.columns[each.id] < last and self.rows[each.id] in rows for each in self.placed
        )


def _around(row: int) -> Iterator[int]:
    yield row
    distance = 1
    while True:
        yield row + distance
        yield row - distance
        distance += 1


def _free(channels: list[list[tuple[float, float]]], start: float, end: float) -> int:
    """The first channel that is free between two places; it is taken."""
    for number, taken in enumerate(channels):
        if all(end <= left or start >= right for left, right in taken):
            taken.append((start, end))
            return number
    channels.append([(start, end)])
    return len(channels) - 1


def _ahead(source: Box, target: Box) -> tuple[Point, ...]:
    start, end = (source.right, source.middle[1]), (target.x, target.middle[1])
    if start[1] == end[1]:
        return (start, end)
    middle = target.x - COLUMN_GAP / 2
    return (start, (middle, start[1]), (middle, end[1]), end)


def _from_border(source: Box, target: Box) -> tuple[Point, ...]:
    start = (source.middle[0], source.bottom)
    if target.x > source.right and target.y > source.y:
        return (start, (start[0], target.middle[1]), (target.x, target.middle[1]))
    below = max(source.bottom, target.bottom) + CHANNEL
    return (start, (start[0], below), (target.middle[0], below), (target.middle[0], target.bottom))
