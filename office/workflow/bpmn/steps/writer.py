"""From a list of steps to a definition, and to BPMN with its diagram."""

from dataclasses import replace

from office.workflow.bpmn.elements import Definition, Flow, Node, outcome_name
from office.workflow.bpmn.steps.model import Group, ListedStep, StepList
from office.workflow.bpmn.writing import write

# Ids of steps have no hyphen, so these never meet one.
START, END = "process-start", "process-end"


def write_steps(steps: StepList) -> bytes:
    """The BPMN of a list."""
    return write(definition_of_steps(steps))


def definition_of_steps(steps: StepList) -> Definition:
    """The definition of a list; the gate checks it like every other."""
    return _Writer(steps).make()


def outcome_condition(step: ListedStep, value: str, *, later: bool) -> str:
    """The condition that a step ended so; asked later, a step that was left out did not end at all."""
    condition = f'{outcome_name(step.id)} == "{value}"'
    return f"not ({step.skip}) and {condition}" if later and step.skip else condition


class _Writer:
    def __init__(self, steps: StepList) -> None:
        self.steps = steps
        self.nodes: dict[str, Node] = {}
        self.flows: dict[str, Flow] = {}
        self.entries = [self._entry(each) for each in steps.items] + [END]
        self.places = {each.id: index for index, each in enumerate(steps.items)}

    def make(self) -> Definition:
        scope = self.steps.id
        self._node(START, "startEvent", "开始", "Start")
        self._flow(START, self.entries[0])
        for index, item in enumerate(self.steps.items):
            following = self.entries[index + 1]
            if isinstance(item, Group):
                self._group(item, index, following)
            else:
                self._step(item, index, following)
        self._node(END, "endEvent", "结束", "End")
        for item in self.steps.items:
            if isinstance(item, Group):
                self._entered(f"{item.id}-fork", f"{item.id}-entry")
        incoming: dict[str, list[str]] = {each: [] for each in self.nodes}
        outgoing: dict[str, list[str]] = {each: [] for each in self.nodes}
        for flow in self.flows.values():
            outgoing[flow.source].append(flow.id)
            incoming[flow.target].append(flow.id)
        nodes = {
            each: replace(node, incoming=tuple(incoming[each]), outgoing=tuple(outgoing[each]))
            for each, node in self.nodes.items()
        }
        return Definition(
            scope, self.steps.name, self.steps.name_en, nodes, self.flows, {scope: tuple(nodes)}, {}
        )

    def _entry(self, item: ListedStep | Group) -> str:
        if isinstance(item, Group):
            return f"{item.id}-fork"
        return f"{item.id}-skip" if item.skip else item.id

    def _node(self, node: str, kind: str, name: str = "", name_en: str = "", **more: object) -> None:
        self.nodes[node] = Node(node, kind, self.steps.id, name, name_en, **more)  # type: ignore[arg-type]

    def _flow(self, source: str, target: str, name: str = "", name_en: str = "", condition: str = "") -> str:
        number = 1 + sum(1 for each in self.flows.values() if each.source == source)
        flow = f"{source}-{number}"
        self.flows[flow] = Flow(flow, self.steps.id, source, target, name, name_en, condition)
        return flow

    def _task(self, item: ListedStep) -> None:
        self._node(item.id, "userTask", item.name, item.name_en, step=item.step, note=item.note)

    def _choice(self, gateway: str, default: str, name: str = "", name_en: str = "") -> None:
        self._node(gateway, "exclusiveGateway", name, name_en, default=f"{gateway}-1")
        self._flow(gateway, default)

    def _target(self, goto: str, index: int) -> str:
        if goto == "end":
            return END
        if goto == "back":
            return self.entries[index - 1]
        return self.entries[self.places[goto[5:]]]

    def _step(self, item: ListedStep, index: int, following: str) -> None:
        if item.skip:
            self._choice(f"{item.id}-skip", item.id)
            self._flow(f"{item.id}-skip", following, "跳过", "Skip", item.skip)
        self._task(item)
        way = f"{item.id}-way"
        self._flow(item.id, way if item.gotos else following)
        if item.gotos:
            self._choice(way, following)
            self._ways(item, way, index, later=False)

    def _ways(self, item: ListedStep, way: str, index: int, *, later: bool) -> None:
        for outcome in item.step.outcomes:
            if outcome.value in item.gotos:
                target = self._target(item.gotos[outcome.value], index)
                condition = outcome_condition(item, outcome.value, later=later)
                self._flow(way, target, outcome.label, outcome.label_en, condition)

    def _entered(self, fork: str, entry: str) -> None:
        """A parallel gateway that is reached by several flows would wait for all: they meet before it."""
        reaching = [each for each in self.flows.values() if each.target == fork]
        if len(reaching) > 1:
            self._node(entry, "exclusiveGateway")
            for flow in reaching:
                self.flows[flow.id] = replace(flow, target=entry)
            self._flow(entry, fork)

    def _group(self, group: Group, index: int, following: str) -> None:
        fork, join, way = f"{group.id}-fork", f"{group.id}-join", f"{group.id}-way"
        self._node(fork, "parallelGateway", group.name, group.name_en)
        for item in group.branches:
            merge = f"{item.id}-merge"
            self._flow(fork, f"{item.id}-skip" if item.skip else item.id)
            if item.skip:
                self._choice(f"{item.id}-skip", item.id)
                self._flow(f"{item.id}-skip", merge, "跳过", "Skip", item.skip)
            self._task(item)
            # A parallel join waits for each of its flows: both ways around a step must come in as one.
            self._flow(item.id, merge if item.skip else join)
            if item.skip:
                self._node(merge, "exclusiveGateway")
                self._flow(merge, join)
        self._node(join, "parallelGateway")
        leaves = any(each.gotos for each in group.branches)
        self._flow(join, way if leaves else following)
        if leaves:
            self._choice(way, following)
            for item in group.branches:
                self._ways(item, way, index, later=True)
