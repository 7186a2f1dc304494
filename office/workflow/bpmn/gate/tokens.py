"""Plays the tokens through a scope: does a parallel join wait for what never comes?

Each flow has one target, so nodes never take tokens from one another: it is enough to let one node at a
time act, in all its ways (a stubborn set), to meet every state in which nothing moves any more. Loops are
cut by remembering states; the number of states is limited, beyond it nothing is said.
"""

from itertools import combinations

from office.workflow.bpmn import limits
from office.workflow.bpmn.elements import Definition, Node
from office.workflow.bpmn.findings import Findings
from office.workflow.bpmn.gate.graph import links, open_flows

Marking = tuple[str, ...]


def check_tokens(definition: Definition, findings: Findings) -> None:
    """Play every scope."""
    for scope in definition.scopes:
        _Play(definition, scope, findings).run()


class _Play:
    def __init__(self, definition: Definition, scope: str, findings: Findings) -> None:
        self.definition = definition
        self.findings = findings
        self.nodes = {each: definition.nodes[each] for each in definition.scopes[scope]}
        self.jumps = links(definition, scope)
        self.ways = {each: self._ways(node) for each, node in self.nodes.items()}

    def run(self) -> None:
        """Visit the states from the start on."""
        start = next(each for each in self.nodes.values() if each.starts_scope)
        stack: list[Marking] = [tuple(sorted(way)) for way in self.ways[start.id]]
        seen = set(stack)
        while stack and len(seen) < limits.MARKINGS:
            marking = stack.pop()
            for each in self._next(marking):
                if each not in seen:
                    seen.add(each)
                    stack.append(each)

    def _next(self, marking: Marking) -> list[Marking]:
        waiting: dict[str, set[str]] = {}
        for flow in dict.fromkeys(marking):
            waiting.setdefault(self._target(flow), set()).add(flow)
        # Inclusive joins last: they act only when nothing else can still arrive.
        for inclusive in (False, True):
            for node_id, flows in waiting.items():
                node = self.nodes[node_id]
                joins = len(node.incoming) > 1
                if (node.kind == "inclusiveGateway" and joins) != inclusive:
                    continue
                if node.kind == "parallelGateway" and joins and flows != set(node.incoming):
                    continue
                taken = (
                    flows if joins and node.kind in ("parallelGateway", "inclusiveGateway") else {min(flows)}
                )
                return self._act(marking, node, taken)
        for node_id in waiting:
            node = self.nodes[node_id]
            self.findings.error(node.id, node.name, "join_never")
        return []

    def _act(self, marking: Marking, node: Node, taken: set[str]) -> list[Marking]:
        rest = list(marking)
        for each in taken:
            rest.remove(each)
        if node.kind == "endEvent" and node.event in ("terminate", "error"):
            return [()]
        made = []
        for way in self.ways[node.id]:
            after = sorted([*rest, *way])
            twice = next((each for each, other in zip(after, after[1:], strict=False) if each == other), None)
            if twice is not None:
                target = self.nodes[self._target(twice)]
                self.findings.warning(target.id, target.name, "runs_twice")
                continue
            made.append(tuple(after))
        return made or [tuple(rest)]

    def _target(self, flow: str) -> str:
        return flow[1:] if flow.startswith(">") else self.definition.flows[flow].target

    def _ways(self, node: Node) -> list[tuple[str, ...]]:
        """The sets of flows on which a node may leave tokens."""
        if node.id in self.jumps:
            return [(f">{self.jumps[node.id]}",)]
        flows = open_flows(self.definition, node)
        every = [each.id for each in flows]
        if node.kind in ("exclusiveGateway", "eventBasedGateway"):
            ways: list[tuple[str, ...]] = [(each,) for each in every]
        elif node.kind == "inclusiveGateway":
            ways = _subsets(every, [])
        elif node.is_activity and any(each.condition for each in flows):
            always = [each.id for each in flows if not each.condition and each.id != node.default]
            ways = _subsets([each for each in every if each not in always], always)
        else:
            ways = [tuple(every)]
        for event in self.definition.boundaries.get(node.id, ()):
            border = self.nodes[event]
            left = tuple(each.id for each in self.definition.outgoing(event))
            if border.interrupting:
                ways.append(left)
            else:
                ways += [(*way, *left) for way in list(ways)]
            ways = ways[:64]
        return ways


def _subsets(choices: list[str], always: list[str]) -> list[tuple[str, ...]]:
    """Every way to take at least one; from five on, each alone and all together."""
    if len(choices) > 4:
        some: list[tuple[str, ...]] = [*((each,) for each in choices), tuple(choices)]
    else:
        some = [pick for size in range(1, len(choices) + 1) for pick in combinations(choices, size)]
    return [(*always, *pick) for pick in some] or [tuple(always)]
