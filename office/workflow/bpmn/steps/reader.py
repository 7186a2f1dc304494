"""From a definition back to a list of steps, where it is one."""

import re
from dataclasses import replace

from office.workflow.bpmn.elements import Definition, Flow, Node
from office.workflow.bpmn.steps.model import (
    Group,
    ListedStep,
    StepList,
    StepsFault,
    steps_as_json,
    steps_from_json,
)
from office.workflow.bpmn.steps.writer import definition_of_steps, outcome_condition


class NotAList(ValueError):
    """A drawing that a list cannot express; `element` and `name` say where it first differs."""

    def __init__(self, element: str, name: str) -> None:
        super().__init__(element)
        self.element = element
        self.name = name


def steps_of(definition: Definition) -> StepList:
    """The list that a definition is. Raises NotAList.

    Exact for what `write_steps` wrote, also after its steps were changed in the designer.
    """
    return _Reader(definition).read()


class _Reader:
    def __init__(self, definition: Definition) -> None:
        self.definition = definition
        self.seen: set[str] = set()
        self.ways: list[tuple[int, ListedStep, Flow]] = []
        self.entries: list[str] = []
        self.items: list[ListedStep | Group] = []
        self.end = ""

    def read(self) -> StepList:
        definition = self.definition
        starts = [each for each in definition.nodes.values() if each.starts_scope]
        ends = [each for each in definition.nodes.values() if each.kind == "endEvent" and not each.event]
        if len(starts) != 1 or len(ends) != 1 or starts[0].event:
            raise self._different(starts[0] if starts else None)
        self.end = ends[0].id
        self.seen |= {starts[0].id, self.end}
        here = self._only(starts[0])
        while here != self.end:
            if here in self.seen:
                raise self._different(definition.nodes[here])
            self.entries.append(here)
            here = self._item(definition.nodes[here])
        for node in definition.nodes.values():
            if node.id not in self.seen or node.lane:
                raise self._different(node)
        made = StepList(definition.id, definition.name, definition.name_en, tuple(self._led()))
        return self._proved(made)

    def _proved(self, made: StepList) -> StepList:
        """A list is given out only if writing it gives the same process: nothing is lost unsaid."""
        try:
            made = steps_from_json(steps_as_json(made))
        except StepsFault:
            raise NotAList(self.definition.id, self.definition.name) from None
        again = definition_of_steps(made)
        if len(again.nodes) != len(self.definition.nodes) or len(again.flows) != len(self.definition.flows):
            raise NotAList(self.definition.id, self.definition.name)
        for step in self.definition.steps:
            other = again.nodes.get(step.id)
            if other is None or (other.step, other.name, other.name_en, other.note) != (
                step.step,
                step.name,
                step.name_en,
                step.note,
            ):
                raise self._different(step)
        return made

    def _different(self, node: Node | None) -> NotAList:
        return NotAList(node.id, node.name) if node else NotAList(self.definition.id, self.definition.name)

    def _only(self, node: Node) -> str:
        """Where the only flow of a node leads, without a condition."""
        flows = self.definition.outgoing(node.id)
        if len(flows) != 1 or flows[0].condition or self.definition.boundaries.get(node.id):
            raise self._different(node)
        return flows[0].target

    def _item(self, node: Node) -> str:
        """Read the item that begins here; where the next one begins."""
        index = len(self.items)
        if node.kind == "exclusiveGateway" and len(node.outgoing) == 1:
            # Where several flows meet before a group.
            self.seen.add(node.id)
            node = self.definition.nodes[self._only(node)]
            if node.kind != "parallelGateway":
                raise self._different(node)
        if node.kind == "parallelGateway":
            return self._group(node, index)
        skip, task, around = self._skipping(node)
        step = self._step(task, skip)
        following = self._only(task)
        way = self.definition.nodes[following]
        if self._is_way(way, [step]):
            following = self._read_way(way, [step], index)
        if around is not None and around != following:
            raise self._different(node)
        self.items.append(step)
        return following

    def _skipping(self, node: Node) -> tuple[str, Node, str | None]:
        """Condition to skip, the step, and where skipping leads."""
        if node.kind == "userTask":
            return "", node, None
        flows = self.definition.outgoing(node.id)
        default = [each for each in flows if each.id == node.default]
        others = [each for each in flows if each.id != node.default]
        if node.kind != "exclusiveGateway" or len(default) != 1 or len(others) != 1 or default[0].condition:
            raise self._different(node)
        task = self.definition.nodes[default[0].target]
        if task.kind != "userTask" or len(task.incoming) != 1 or not others[0].condition:
            raise self._different(node)
        self.seen.add(node.id)
        return others[0].condition, task, others[0].target

    def _step(self, node: Node, skip: str) -> ListedStep:
        if node.kind != "userTask" or node.id in self.seen or node.loop is not None or node.step is None:
            raise self._different(node)
        self.seen.add(node.id)
        return ListedStep(node.id, node.name, node.name_en, node.step, {}, skip, node.note)

    def _group(self, fork: Node, index: int) -> str:
        group = re.sub(r"\W", "_", fork.id.removesuffix("-fork"))
        if fork.id in self.seen or len(fork.incoming) != 1:
            raise self._different(fork)
        self.seen.add(fork.id)
        branches: list[ListedStep] = []
        joins: set[str] = set()
        for flow in self.definition.outgoing(fork.id):
            skip, task, around = self._skipping(self.definition.nodes[flow.target])
            step = self._step(task, skip)
            following = self._only(task)
            if around is not None:
                merge = self.definition.nodes[following]
                if around != following or merge.kind != "exclusiveGateway" or len(merge.incoming) != 2:
                    raise self._different(merge)
                self.seen.add(merge.id)
                following = self._only(merge)
            joins.add(following)
            branches.append(step)
        join = self.definition.nodes[joins.pop()]
        if joins or join.kind != "parallelGateway" or len(join.incoming) != len(branches):
            raise self._different(fork)
        self.seen.add(join.id)
        following = self._only(join)
        way = self.definition.nodes[following]
        if self._is_way(way, branches):
            following = self._read_way(way, branches, index)
        self.items.append(Group(group, fork.name, fork.name_en, tuple(branches)))
        return following

    def _is_way(self, node: Node, steps: list[ListedStep]) -> bool:
        if node.kind != "exclusiveGateway" or len(node.incoming) != 1 or node.id in self.seen:
            return False
        # The next step's own condition may look like an outcome of this one: its name tells them apart.
        if node.id.endswith("-skip"):
            return False
        return all(
            self._asked(flow, steps) is not None
            for flow in self.definition.outgoing(node.id)
            if flow.id != node.default
        )

    def _asked(self, flow: Flow, steps: list[ListedStep]) -> tuple[ListedStep, str] | None:
        """Which step, and which of its outcomes, a condition asks for."""
        plain = " ".join(flow.condition.replace("'", '"').split())
        for step in steps:
            for outcome in step.step.outcomes:
                for later in (False, True):
                    if plain == " ".join(outcome_condition(step, outcome.value, later=later).split()):
                        return step, outcome.value
        return None

    def _read_way(self, way: Node, steps: list[ListedStep], index: int) -> str:
        self.seen.add(way.id)
        following = ""
        for flow in self.definition.outgoing(way.id):
            if flow.id == way.default:
                following = flow.target
                continue
            asked = self._asked(flow, steps)
            assert asked is not None
            self.ways.append((index, asked[0], flow))
        if not following:
            raise self._different(way)
        return following

    def _led(self) -> list[ListedStep | Group]:
        """Put in where outcomes lead, now that every entry is known."""
        gotos: dict[str, dict[str, str]] = {}
        for index, step, flow in self.ways:
            asked = self._asked(flow, [step])
            assert asked is not None
            if flow.target == self.end:
                goto = "end"
            elif flow.target in self.entries:
                place = self.entries.index(flow.target)
                goto = "back" if place == index - 1 else f"step:{self.items[place].id}"
            else:
                raise self._different(self.definition.nodes[flow.source])
            gotos.setdefault(step.id, {})[asked[1]] = goto
        led: list[ListedStep | Group] = []
        for item in self.items:
            if isinstance(item, Group):
                branches = tuple(replace(each, gotos=gotos.get(each.id, {})) for each in item.branches)
                led.append(replace(item, branches=branches))
            else:
                led.append(replace(item, gotos=gotos.get(item.id, {})))
        return led
